"""Reading exercise folders."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.catalog.compose import compose
from grader.catalog.format import ExerciseIn
from grader.catalog.problems import ExerciseErrors, Problem
from grader.catalog.revision import revision_of
from grader.catalog.statement import fill
from grader.checking.errors import UnknownExercise
from grader.checking.exercise import Exercise
from grader.checking.variant import variant

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DEFINITION = "exercise.toml"
STATEMENT = re.compile(r"statement(?:\.(?P<language>[a-z]{2}))?\.md")
MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class Published:
    """An exercise with what is around it.

    Attributes:
        exercise: what is judged.
        revision: hash of what affects marks.
        statements: Markdown by language, as it is in the files; English is always there for what comes from a folder.
        source: the files that the revision hashes, by name: enough to build the exercise again.
    """

    exercise: Exercise
    revision: str
    statements: Mapping[str, str]
    source: Mapping[str, str]

    @property
    def slug(self) -> str:
        """Name of the folder."""
        return self.exercise.slug

    @property
    def title(self) -> str:
        """What a person reads."""
        return self.exercise.title

    def title_in(self, language: str) -> str:
        """What a person reads, in a language; in English where it has none in it."""
        return self.exercise.title_in(language)

    def with_values(self, values: Mapping[str, float] | None) -> "Published":
        """The same with other given values; as printed where there are none."""
        return self if values is None else replace(self, exercise=variant(self.exercise, values))

    def spoken(self, language: str) -> str:
        """The language in which the statement is there for a reader of `language`: English where there is no other."""
        return language if language in self.statements else "en"

    def statement(self, language: str) -> str:
        """What the student reads, with the given values in their places; nothing in a language that it has not."""
        return fill(self.statements.get(language, ""), {given.name: given.value for given in self.exercise.givens})


@dataclass(frozen=True)
class Catalog:
    """All exercises that are served, by slug."""

    published: Mapping[str, Published]

    def find(self, slug: str) -> Published:
        """The exercise of that name.

        Raises:
            UnknownExercise: there is none.
        """
        try:
            return self.published[slug]
        except KeyError:
            raise UnknownExercise(slug) from None

    def __iter__(self) -> Iterator[Published]:
        """In the order of the slugs."""
        return iter(self.published[slug] for slug in sorted(self.published))

    def __len__(self) -> int:
        """How many there are."""
        return len(self.published)


def load_catalog(directory: Path) -> Catalog:
    """Read every folder below a directory.

    Raises:
        ExerciseErrors: all problems of all folders.
    """
    published: dict[str, Published] = {}
    problems: list[Problem] = []
    for folder in exercise_folders(directory):
        try:
            published[folder.name] = load_folder(folder)
        except ExerciseErrors as errors:
            problems += errors.problems
    if problems:
        raise ExerciseErrors(tuple(problems))
    return Catalog(published)


def load_exercise(directory: Path, slug: str) -> Published:
    """Read the one folder of that name below a directory.

    Raises:
        UnknownExercise: there is none.
        ExerciseErrors: there is no such directory, or the folder has problems.
    """
    for folder in exercise_folders(directory):
        if folder.name == slug:
            return load_folder(folder)
    raise UnknownExercise(slug)


def exercise_folders(directory: Path) -> list[Path]:
    """The folders that are to hold exercises, sorted; hidden ones are passed over.

    Raises:
        ExerciseErrors: the directory is not there.
    """
    if not directory.is_dir():
        raise ExerciseErrors((Problem(str(directory), "", "there is no such directory of exercises"),))
    return sorted(entry for entry in directory.iterdir() if entry.is_dir() and not entry.name.startswith((".", "_")))


def load_folder(folder: Path) -> Published:
    """Read one folder.

    Raises:
        ExerciseErrors: with file, key and reason of each problem.
    """
    file = f"{folder.name}/{DEFINITION}"
    if not SLUG.fullmatch(folder.name):
        reason = "the folder's name goes into addresses: lower-case letters, digits and single hyphens only"
        raise ExerciseErrors((Problem(folder.name, "", reason),))
    source = {DEFINITION: _text(folder, DEFINITION)}
    source |= {f"data/{path.name}": _text(folder, f"data/{path.name}") for path in sorted(folder.glob("data/*"))}
    statements = {
        match["language"] or "en": _text(folder, path.name)
        for path in sorted(folder.glob("statement*.md"))
        if (match := STATEMENT.fullmatch(path.name))
    }
    if "en" not in statements:
        raise ExerciseErrors(
            (Problem(f"{folder.name}/statement.md", "", "is missing: students need to be told what to do"),)
        )
    return _build(folder.name, file, source, statements)


def load_revision(slug: str, source: Mapping[str, str]) -> Published:
    """Build an exercise again from what its revision was stored with.

    Raises:
        ExerciseErrors: the stored text is of a format that this version does not read.
    """
    return _build(slug, f"{slug}/{DEFINITION}", source, {})


def _build(slug: str, file: str, source: Mapping[str, str], statements: Mapping[str, str]) -> Published:
    document = _parse(source[DEFINITION], file)
    try:
        raw = ExerciseIn.model_validate(document)
    except ValidationError as invalid:
        raise ExerciseErrors(tuple(_problem(file, error) for error in invalid.errors())) from invalid
    data = {name: text for name, text in source.items() if name != DEFINITION}
    return Published(compose(slug, raw, file, data), revision_of(slug, document, data), statements, source)


def _parse(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:  # also a whole number of thousands of digits
        raise ExerciseErrors((Problem(file, "", f"is not valid TOML: {error}"),)) from error
    except RecursionError as error:
        raise ExerciseErrors((Problem(file, "", "is not valid TOML: it is nested too deeply"),)) from error


def _text(folder: Path, name: str) -> str:
    file = f"{folder.name}/{name}"
    try:
        return _read(folder, folder / name, file).decode("utf-8")
    except UnicodeDecodeError:
        raise ExerciseErrors((Problem(file, "", "is not UTF-8 text"),)) from None
    except OSError as error:
        raise ExerciseErrors((Problem(file, "", f"can't be read: {error.strerror}"),)) from error


def _read(folder: Path, path: Path, file: str) -> bytes:
    """At most MAX_BYTES of a file that really lies in the folder: no pipe or device, no link to elsewhere."""
    if not path.exists():
        raise ExerciseErrors((Problem(file, "", "is missing"),))
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ExerciseErrors((Problem(file, "", "is a link that leads out of the exercise's folder"),))
    if not path.is_file():
        raise ExerciseErrors((Problem(file, "", "is not a file"),))
    with path.open("rb") as stream:
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ExerciseErrors((Problem(file, "", "is larger than 1 MiB"),))
    return raw


WORDS: Mapping[str, str] = {
    "extra_forbidden": "there is no such key in the format",
    "missing": "is needed and not given",
}
"""What the commonest complaints of the format mean, in an author's words."""


def _problem(file: str, error: Any) -> Problem:
    key = ".".join(str(step) for step in error["loc"] if not str(step).startswith("["))
    if error["type"] == "string_pattern_mismatch":
        return Problem(
            file, key, f"{error['input']!r} is no name: a letter, then letters, digits or _, 40 at most, ASCII"
        )
    reason = WORDS.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    return Problem(file, key, reason)
