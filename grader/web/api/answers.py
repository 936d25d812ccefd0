"""Answers as a client sends them: a text or a JSON number for each field, null for a blank one."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from grader.checking.answers import Entry, read
from grader.checking.errors import AnswerProblem, UnreadableAnswers
from grader.checking.exercise import Exercise
from grader.checking.formula import MAX_LENGTH
from grader.sayings.saying import Saying
from grader.web.api.reading import Numeral

MAX_ANSWERS = 1000
FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)

ANSWER_SCHEMA = {
    "anyOf": [{"type": "string", "maxLength": MAX_LENGTH}, {"type": "number"}, {"type": "null"}],
    "description": "As a person typed it: a number (0.3775, 0,3775, 3.775e-1, 1/3) or, where one is asked, "
    "a formula ((out_o1 - target_o1) * out_h1); or a JSON number; or null where left blank.",
}
Answers = Annotated[
    dict[str, Annotated[Any, WithJsonSchema(ANSWER_SCHEMA)]],
    Field(
        max_length=MAX_ANSWERS,
        description="By field name. Fields that are left out are missing; they never stop the others.",
        examples=[{"net_h1": 0.3775, "out_h1": "0,593"}],
    ),
]


NO_ANSWERS: Mapping[type, Saying] = {
    bool: Saying("answer.boolean"),
    list: Saying("answer.list"),
    dict: Saying("answer.object"),
}
"""What is said of values of these types."""


def entries_of(exercise: Exercise, answers: Mapping[str, object]) -> dict[str, Entry]:
    """Take the answers as entries; whether they can be read is said by whoever reads them.

    Raises:
        UnreadableAnswers: a value has a wrong type or a name is none; every other unreadable field is named with it.
    """
    problems = [problem for name, value in answers.items() if (problem := _problem(name, value)) is not None]
    refused = {problem.field for problem in problems}
    entries = {name: entry for name, value in answers.items() if (entry := _entry(value)) and name not in refused}
    if not problems:
        return entries
    fit = {name: entry for name, entry in entries.items() if FIELD_NAME.fullmatch(name)}
    order = {name: place for place, name in enumerate(exercise.field_names)}
    problems += read(exercise, fit).problems
    raise UnreadableAnswers(tuple(sorted(problems, key=lambda problem: order.get(problem.field, len(order)))))


def _problem(name: str, value: object) -> AnswerProblem | None:
    if not FIELD_NAME.fullmatch(name):
        return AnswerProblem(_harmless(name), "unknown-field", Saying("answer.unknown-name"))
    if isinstance(value, str | Numeral | None):
        return None
    return AnswerProblem(name, "wrong-type", NO_ANSWERS[type(value)])


def _entry(value: object) -> Entry | None:
    match value:
        case str(text):
            return Entry(text)
        case Numeral(text):
            return Entry(text, exact=True)
        case _:
            return None


def _harmless(name: str) -> str:
    """Cut a name that is none of ours to what may be repeated in a reply."""
    return name.encode("ascii", "backslashreplace").decode()[:100]
