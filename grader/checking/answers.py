"""From what was sent to numbers and formulas: read once, at the gate, never with an exception."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from grader.checking.errors import AnswerProblem, shown
from grader.checking.exercise import Exercise, Field, FieldKind
from grader.checking.formula import Formula, read_formula
from grader.checking.numbers import Number, Unreadable, read_number


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing as it was sent.

    Attributes:
        text: raw, as typed.
        exact: True for a JSON number: nobody typed its digits, so it is never called imprecise.
    """

    text: str
    exact: bool = False


Entries: TypeAlias = Mapping[str, Entry]
"""What was sent, by field name."""


@dataclass(frozen=True, slots=True)
class ReadAnswers:
    """Answers of one submission, read.

    Attributes:
        numbers: the numbers that were given, by field name.
        missing: fields that were left blank or not sent.
        problems: what can't be read, and names that are not asked; empty for anything that is stored.
        formulas: the formulas that were given, by field name.
    """

    numbers: Mapping[str, Number]
    missing: frozenset[str]
    problems: tuple[AnswerProblem, ...] = ()
    formulas: Mapping[str, Formula] = field(default_factory=dict)


def read(exercise: Exercise, entries: Entries) -> ReadAnswers:
    """Read every entry; all problems are reported together, in the order of the exercise's fields."""
    found: dict[str, Number | Formula] = {}
    problems: list[AnswerProblem] = []
    for asked in exercise.fields:
        try:
            answer = _read(asked, entries.get(asked.name, Entry("")))
        except Unreadable as unreadable:
            problems.append(AnswerProblem(asked.name, "unreadable", str(unreadable)))
            continue
        if answer is not None:
            found[asked.name] = answer
    known = set(exercise.field_names)
    problems += [_unknown(name, exercise) for name in entries if name not in known]
    unread = {problem.field for problem in problems}
    return ReadAnswers(
        {name: answer for name, answer in found.items() if isinstance(answer, Number)},
        frozenset(name for name in exercise.field_names if name not in found and name not in unread),
        tuple(problems),
        formulas={name: answer for name, answer in found.items() if isinstance(answer, Formula)},
    )


def _read(asked: Field, entry: Entry) -> Number | Formula | None:
    match asked.kind:
        case FieldKind.NUMBER:
            return read_number(entry.text, exact=entry.exact)
        case FieldKind.FORMULA:
            return read_formula(entry.text, asked.variables)
        case _:
            assert_never(asked.kind)


def _unknown(name: str, exercise: Exercise) -> AnswerProblem:
    return AnswerProblem(name, "unknown-field", f"{exercise.slug} asks for no field called '{shown(name)}'.")


def entries_to_json(entries: Entries) -> dict[str, object]:
    """The form in which answers are stored: text, or `{"number": text}` for JSON numbers."""
    return {name: {"number": entry.text} if entry.exact else entry.text for name, entry in entries.items()}


def entries_from_json(raw: Mapping[str, object]) -> dict[str, Entry]:
    """The inverse of `entries_to_json`.

    Raises:
        TypeError: what is stored has neither form.
    """
    return {name: _entry(name, value) for name, value in raw.items()}


def _entry(name: str, value: object) -> Entry:
    match value:
        case str(text):
            return Entry(text)
        case {"number": str(text)}:
            return Entry(text, exact=True)
        case _:
            raise TypeError(f"the stored answer of {name} is neither text nor a number: {value!r}")
