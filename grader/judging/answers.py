"""From raw answers to numbers and formulas: parsed once, on submission, without exceptions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeAlias, TypeVar, assert_never

from grader.judging.errors import AnswerProblem, shown
from grader.judging.exercise import Exercise, Field, FieldKind
from grader.judging.reading.lexer import without_own_name
from grader.judging.reading.numbers import Number, Unreadable, read_number
from grader.judging.reading.parser import Formula, read_formula
from grader.messages.message import Message
from grader.weightfiles.limits import RefusedFile
from grader.weightfiles.read import WeightFile, check_head, read_weights

Answer = TypeVar("Answer", Number | None, Formula | None)
NOTHING: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """One raw answer.

    Attributes:
        text: as typed.
        exact: True for a JSON number: nobody typed its digits, so it is never judged imprecise.
        file: SHA-256 of an uploaded file; the text is then its name.
    """

    text: str
    exact: bool = False
    file: str | None = None


Entries: TypeAlias = Mapping[str, Entry]
"""Raw answers, by field name."""


@dataclass(frozen=True, slots=True)
class ReadAnswers:
    """The parsed answers of one submission.

    Attributes:
        numbers: parsed numbers, by field name.
        missing: fields that were blank or absent.
        problems: unreadable answers and unknown fields; empty for anything that is stored.
        formulas: parsed formulas, by field name.
        files: uploads by field name: parsed, refused, or None if only the hash is available.
    """

    numbers: Mapping[str, Number]
    missing: frozenset[str]
    problems: tuple[AnswerProblem, ...] = ()
    formulas: Mapping[str, Formula] = field(default_factory=dict)
    files: Mapping[str, WeightFile | RefusedFile | None] = field(default_factory=dict)


def read_answers(exercise: Exercise, entries: Entries, contents: Mapping[str, bytes] = NOTHING) -> ReadAnswers:
    """Parse every entry; all problems are reported together, in the order of the exercise's fields.

    Args:
        exercise: the exercise.
        entries: raw answers.
        contents: files by their SHA-256; they are opened here, so call this only under limits on time and memory.
    """
    found: dict[str, Number | Formula] = {}
    problems = _wrong_kinds(exercise, entries)
    wrong = {problem.field for problem in problems}
    for asked in exercise.fields:
        if asked.name in wrong:
            continue
        try:
            answer = _read(asked, entries.get(asked.name, Entry("")))
        except Unreadable as unreadable:
            problems.append(AnswerProblem(asked.name, "unreadable", unreadable.detail))
            continue
        if answer is not None:
            found[asked.name] = answer
    known = {*exercise.field_names, *exercise.uploads}
    problems += [_unknown(name, exercise) for name in entries if name not in known]
    files = {name: _opened(entry.file, contents) for name, entry in entries.items() if entry.file and name in known}
    there = {*found, *files, *(problem.field for problem in problems)}
    return ReadAnswers(
        {name: answer for name, answer in found.items() if isinstance(answer, Number)},
        frozenset(name for name in exercise.field_names if name not in there),
        tuple(problems),
        formulas={name: answer for name, answer in found.items() if isinstance(answer, Formula)},
        files=files,
    )


def problems_at_gate(exercise: Exercise, entries: Entries, contents: Mapping[str, bytes]) -> tuple[AnswerProblem, ...]:
    """Return all reasons to reject answers before they are stored; only the first bytes of files are examined."""
    problems = list(read_answers(exercise, entries).problems)
    for name, entry in entries.items():
        if entry.file is not None and name in exercise.uploads:
            try:
                check_head(contents.get(entry.file, b""))
            except RefusedFile as refused:
                problems.append(AnswerProblem(name, "unusable-file", refused.detail))
    return tuple(problems)


def _wrong_kinds(exercise: Exercise, entries: Entries) -> list[AnswerProblem]:
    """Return files in place of typed answers, and typed answers in place of files."""
    problems: list[AnswerProblem] = []
    if not exercise.uploads and all(entry.file is None for entry in entries.values()):
        return problems
    for name in dict.fromkeys((*exercise.field_names, *exercise.uploads)):
        entry = entries.get(name, Entry(""))
        if entry.file is not None and name not in exercise.uploads:
            problems.append(AnswerProblem(name, "wrong-type", Message("answer.no-file-here")))
        if entry.file is None and entry.text.strip() and name in exercise.uploads:
            problems.append(AnswerProblem(name, "wrong-type", Message("answer.file-wanted")))
    return problems


def _opened(sha256: str, contents: Mapping[str, bytes]) -> WeightFile | RefusedFile | None:
    if sha256 not in contents:
        return None
    try:
        return read_weights(contents[sha256])
    except RefusedFile as refused:
        return refused


def _read(asked: Field, entry: Entry) -> Number | Formula | None:
    """Parse one answer; it may begin with its field's name and an equals sign."""
    text = without_own_name(entry.text, asked.name)
    match asked.kind:
        case FieldKind.NUMBER:
            return _as_sent(read_number(text, exact=entry.exact), entry.text)
        case FieldKind.FORMULA:
            return _as_sent(read_formula(text, asked.variables), entry.text)
        case FieldKind.FILE:
            return None
        case _:
            assert_never(asked.kind)


def _as_sent(answer: Answer, text: str) -> Answer:
    return answer if answer is None or answer.text == text else replace(answer, text=text)


def _unknown(name: str, exercise: Exercise) -> AnswerProblem:
    return AnswerProblem(
        name, "unknown-field", Message("answer.unknown-field", exercise=exercise.slug, field=shown(name))
    )


def entries_to_json(entries: Entries) -> dict[str, object]:
    """Return answers as they are stored: text, `{"number": text}` for JSON numbers, or file and name."""
    return {name: _stored(entry) for name, entry in entries.items()}


def _stored(entry: Entry) -> object:
    if entry.file is not None:
        return {"file": entry.file, "name": entry.text}
    return {"number": entry.text} if entry.exact else entry.text


def entries_from_json(raw: Mapping[str, object]) -> dict[str, Entry]:
    """Return the inverse of `entries_to_json`.

    Raises:
        TypeError: a stored value has none of these forms.
    """
    return {name: _entry(name, value) for name, value in raw.items()}


def _entry(name: str, value: object) -> Entry:
    match value:
        case str(text):
            return Entry(text)
        case {"number": str(text)}:
            return Entry(text, exact=True)
        case {"file": str(sha256), "name": str(text)}:
            return Entry(text, file=sha256)
        case _:
            raise TypeError(f"the stored answer of {name} is neither text, a number nor a file: {value!r}")
