"""Exercises loaded from their folders, and their statements with given values inserted."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.catalog.compose import compose
from grader.catalog.format import ExerciseIn
from grader.catalog.validation import ExerciseErrors, ExerciseProblem
from grader.judging.errors import UnknownExercise
from grader.judging.exercise import Exercise
from grader.judging.variants import variant

PLACE = re.compile(r"\{\{ +([A-Za-z][A-Za-z0-9_]*) +\}\}")
"""With spaces inside: formulas contain double braces, as in e^{{-net}}."""


def fill(markdown: str, values: Mapping[str, float]) -> str:
    """Insert the values; unknown names are left as written.

    Only digits, a point and a minus sign are inserted, so the text reads the same inside and outside formulas.
    """
    return PLACE.sub(lambda place: written(values[place[1]]) if place[1] in values else place[0], markdown)


def unknown_places(markdown: str, values: Mapping[str, float]) -> Iterator[str]:
    """Yield placeholders that are not given values, each once."""
    yield from dict.fromkeys(name for name in PLACE.findall(markdown) if name not in values)


def written(value: float) -> str:
    """Return a given value in plain decimals: 0.05, -1, 0.00001."""
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


PROSE = frozenset({"title", "titles"})
"""Keys for people, which do not affect marks."""


def revision_of(slug: str, document: Mapping[str, Any], data: Mapping[str, str]) -> str:
    """Return the SHA-256 of the slug, the parsed exercise.toml without prose, and the data files.

    Layout and comments are ignored. The slug is included: a copied folder is a different exercise.
    """
    marked = _without_prose(document)
    marked["parts"] = [_without_prose(part) for part in document["parts"]]
    plain = {"slug": slug, "exercise": marked, "data": dict(sorted(data.items()))}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _without_prose(table: Mapping[str, Any]) -> dict[str, Any]:
    """Remove the prose of one table; nested values or weights called title are not prose."""
    return {key: value for key, value in table.items() if key not in PROSE}


SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DEFINITION = "exercise.toml"
STATEMENT = re.compile(r"statement(?:\.(?P<language>[a-z]{2}))?\.md")
MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class LoadedExercise:
    """An exercise with its texts and source.

    Attributes:
        exercise: for judging.
        revision: hash of everything that affects marks.
        statements: Markdown by language, as in the files; an exercise from a folder always has English.
        source: the files that the revision covers, by name: enough to rebuild the exercise.
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
        """The title in English."""
        return self.exercise.title

    def title_in(self, language: str) -> str:
        """Return the title in a language, or in English if it has none."""
        return self.exercise.title_in(language)

    def with_values(self, values: Mapping[str, float] | None) -> "LoadedExercise":
        """Return the same exercise with other given values, or itself without any."""
        return self if values is None else replace(self, exercise=variant(self.exercise, values))

    def spoken(self, language: str) -> str:
        """Return the language of the statement for a reader of `language`: English if it has no other."""
        return language if language in self.statements else "en"

    def statement(self, language: str) -> str:
        """Return the statement with given values inserted; empty in a language that it does not have."""
        return fill(self.statements.get(language, ""), {given.name: given.value for given in self.exercise.givens})


@dataclass(frozen=True)
class Catalog:
    """All served exercises, by slug."""

    published: Mapping[str, LoadedExercise]

    def find(self, slug: str) -> LoadedExercise:
        """Return the exercise with this slug.

        Raises:
            UnknownExercise: there is no such exercise.
        """
        try:
            return self.published[slug]
        except KeyError:
            raise UnknownExercise(slug) from None

    def __iter__(self) -> Iterator[LoadedExercise]:
        """Iterate in the order of slugs."""
        return iter(self.published[slug] for slug in sorted(self.published))

    def __len__(self) -> int:
        """Return the number of exercises."""
        return len(self.published)


def load_catalog(directory: Path) -> Catalog:
    """Load every folder in a directory.

    Raises:
        ExerciseErrors: all problems of all folders.
    """
    published: dict[str, LoadedExercise] = {}
    problems: list[ExerciseProblem] = []
    for folder in exercise_folders(directory):
        try:
            published[folder.name] = load_folder(folder)
        except ExerciseErrors as errors:
            problems += errors.problems
    if problems:
        raise ExerciseErrors(tuple(problems))
    return Catalog(published)


def load_exercise(directory: Path, slug: str) -> LoadedExercise:
    """Load one folder of a directory.

    Raises:
        UnknownExercise: there is no such folder.
        ExerciseErrors: the directory does not exist, or the folder has problems.
    """
    for folder in exercise_folders(directory):
        if folder.name == slug:
            return load_folder(folder)
    raise UnknownExercise(slug)


def exercise_folders(directory: Path) -> list[Path]:
    """Return the exercise folders, sorted, without hidden ones.

    Raises:
        ExerciseErrors: the directory does not exist.
    """
    if not directory.is_dir():
        raise ExerciseErrors((ExerciseProblem(str(directory), "", "there is no such directory of exercises"),))
    return sorted(entry for entry in directory.iterdir() if entry.is_dir() and not entry.name.startswith((".", "_")))


def load_folder(folder: Path) -> LoadedExercise:
    """Load one folder.

    Raises:
        ExerciseErrors: file, key and reason of each problem.
    """
    file = f"{folder.name}/{DEFINITION}"
    if not SLUG.fullmatch(folder.name):
        reason = "the folder's name goes into addresses: lower-case letters, digits and single hyphens only"
        raise ExerciseErrors((ExerciseProblem(folder.name, "", reason),))
    source = {DEFINITION: _text(folder, DEFINITION)}
    source |= {f"data/{path.name}": _text(folder, f"data/{path.name}") for path in sorted(folder.glob("data/*"))}
    statements = {
        match["language"] or "en": _text(folder, path.name)
        for path in sorted(folder.glob("statement*.md"))
        if (match := STATEMENT.fullmatch(path.name))
    }
    if "en" not in statements:
        raise ExerciseErrors(
            (ExerciseProblem(f"{folder.name}/statement.md", "", "is missing: students need to be told what to do"),)
        )
    return _build(folder.name, file, source, statements)


def load_revision(slug: str, source: Mapping[str, str]) -> LoadedExercise:
    """Rebuild an exercise from the stored source of a revision.

    Raises:
        ExerciseErrors: the source has a format that this version does not support.
    """
    return _build(slug, f"{slug}/{DEFINITION}", source, {})


def _build(slug: str, file: str, source: Mapping[str, str], statements: Mapping[str, str]) -> LoadedExercise:
    document = _parse(source[DEFINITION], file)
    try:
        raw = ExerciseIn.model_validate(document)
    except ValidationError as invalid:
        raise ExerciseErrors(tuple(_problem(file, error) for error in invalid.errors())) from invalid
    data = {name: text for name, text in source.items() if name != DEFINITION}
    return LoadedExercise(compose(slug, raw, file, data), revision_of(slug, document, data), statements, source)


def _parse(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:  # also an integer with thousands of digits
        raise ExerciseErrors((ExerciseProblem(file, "", f"is not valid TOML: {error}"),)) from error
    except RecursionError as error:
        raise ExerciseErrors((ExerciseProblem(file, "", "is not valid TOML: it is nested too deeply"),)) from error


def _text(folder: Path, name: str) -> str:
    file = f"{folder.name}/{name}"
    try:
        return _read(folder, folder / name, file).decode("utf-8")
    except UnicodeDecodeError:
        raise ExerciseErrors((ExerciseProblem(file, "", "is not UTF-8 text"),)) from None
    except OSError as error:
        raise ExerciseErrors((ExerciseProblem(file, "", f"can't be read: {error.strerror}"),)) from error


def _read(folder: Path, path: Path, file: str) -> bytes:
    """Read at most MAX_BYTES of a regular file inside the folder: no pipe or device, no link to elsewhere."""
    if not path.exists():
        raise ExerciseErrors((ExerciseProblem(file, "", "is missing"),))
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ExerciseErrors((ExerciseProblem(file, "", "is a link that leads out of the exercise's folder"),))
    if not path.is_file():
        raise ExerciseErrors((ExerciseProblem(file, "", "is not a file"),))
    with path.open("rb") as stream:
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ExerciseErrors((ExerciseProblem(file, "", "is larger than 1 MiB"),))
    return raw


WORDS: Mapping[str, str] = {
    "extra_forbidden": "there is no such key in the format",
    "missing": "is needed and not given",
}
"""The most common errors of the format, worded for authors."""


def _problem(file: str, error: Any) -> ExerciseProblem:
    key = ".".join(str(step) for step in error["loc"] if not str(step).startswith("["))
    if error["type"] == "string_pattern_mismatch":
        return ExerciseProblem(
            file, key, f"{error['input']!r} is no name: a letter, then letters, digits or _, 40 at most, ASCII"
        )
    reason = WORDS.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    return ExerciseProblem(file, key, reason)


EXERCISE_TEMPLATE = """\
title = "{title}"

[network]
inputs = ["x1", "x2"]
loss = "half-squared"
learning_rate = 0.1

# One table per layer, from the first hidden layer to the output layer.
[[network.layers]]
nodes = ["o1"]
activation = "logistic"
weights = [["w1", "w2"]]
bias = "b1"

[values]
x1 = 1.0
x2 = 0.5
w1 = 0.3
w2 = -0.2
b1 = 0.1
target_o1 = 1.0

[[parts]]
title = "Forward pass"
points = 2
ask = ["net_o1", "out_o1"]

[[parts]]
title = "One step of gradient descent"
points = 3
ask = ["delta_o1", "dE_dw1", "w1_new"]
"""

STATEMENT_TEMPLATE = """\
A single node with the logistic function has the inputs $x_1 = 1$ and $x_2 = 0.5$, the weights $w_1 = 0.3$ and
$w_2 = -0.2$, and the bias $b_1 = 0.1$, which is not trained. Its output should be $1$.

Work out its net input and output, then one step of gradient descent with the learning rate $\\eta = 0.1$ for the error
$E = \\frac{1}{2} (target - out)^2$.
"""


def write_skeleton(directory: Path, slug: str) -> Path:
    """Create a folder with a network, a statement and a sample of correct answers computed by the engine.

    Raises:
        ExerciseErrors: the name cannot be part of a URL, the folder exists, or it cannot be written.
    """
    folder = directory / slug
    if not SLUG.fullmatch(slug):
        raise ExerciseErrors((ExerciseProblem(slug, "", "must be lower-case letters, digits and single hyphens"),))
    try:
        folder.mkdir(parents=True)
        (folder / DEFINITION).write_text(
            EXERCISE_TEMPLATE.format(title=slug.replace("-", " ").capitalize()), encoding="utf-8"
        )
        (folder / "statement.md").write_text(STATEMENT_TEMPLATE, encoding="utf-8")
        exercise = load_folder(folder).exercise
        lines = [f'{name} = "{float(exercise.reference[name]):.9g}"\n' for name in exercise.computed_order]
        samples = folder / "answers" / "correct"
        samples.mkdir(parents=True)
        (samples / "by-the-engine.toml").write_text("".join(lines), encoding="utf-8")
    except FileExistsError:
        raise ExerciseErrors((ExerciseProblem(str(folder), "", "is there already"),)) from None
    except OSError as error:
        raise ExerciseErrors((ExerciseProblem(str(folder), "", f"can't be written: {error.strerror}"),)) from None
    return folder
