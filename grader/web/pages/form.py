"""The form of an exercise: what stands in its fields, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

from grader.checking.answers import Entry
from grader.checking.errors import AnswerProblem
from grader.checking.exercise import Exercise, Field, Part
from grader.web.language import language
from grader.web.pages.wording import label_of, titled
from grader.web.upload import Upload

NONCE = "_form"
"""The one name in the form that is no field; fields never begin with an underscore."""


NO_UPLOADS: Mapping[str, Upload] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Input:
    """One field to fill in; `variables` are the names that a formula may use, none where a number is wanted."""

    name: str
    label: str
    text: str
    problem: str | None
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one part, and the place for a file that may hold all of it."""

    id: str
    title: str
    points: float
    inputs: tuple[Input, ...]
    upload: Input | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """One line of the summary; `label` is None where no field of the form is meant."""

    field: str
    label: str | None
    detail: str


def entries_of(form: Mapping[str, str]) -> dict[str, Entry]:
    """What was typed, by field; blank fields were not answered and are left out."""
    return {name: Entry(text) for name, text in form.items() if name != NONCE and text.strip()}


def client_ref(
    user_id: int, slug: str, form: Mapping[str, str], uploads: Mapping[str, Upload] = NO_UPLOADS
) -> str | None:
    """Name this sending, so that a second click finds the first one's submission instead of making its own.

    The typed answers are part of the name: a form that comes back from the browser's history carries the same nonce,
    and what was changed in it since is a new submission. Without a nonce (a program) each sending counts.
    """
    nonce = form.get(NONCE)
    if not nonce:
        return None
    typed = sorted((name, text) for name, text in form.items() if name != NONCE)
    typed += sorted((name, upload.sha256) for name, upload in uploads.items())
    return "form:" + sha256(repr((user_id, slug, nonce, typed)).encode()).hexdigest()


def groups(exercise: Exercise, typed: Mapping[str, Entry], problems: Iterable[AnswerProblem] = ()) -> tuple[Group, ...]:
    """Lay out the fields with what was typed into them."""
    details = {problem.field: _said(problem) for problem in problems}
    return tuple(
        Group(part.id, titled(part), part.points, tuple(_inputs(part, typed, details)), _place(part, details))
        for part in exercise.parts
    )


def complaints(exercise: Exercise, problems: Iterable[AnswerProblem]) -> tuple[Complaint, ...]:
    """The summary above the form."""
    labels = {field.name: label_of(field) for field in exercise.fields}
    return tuple(Complaint(problem.field, labels.get(problem.field), _said(problem)) for problem in problems)


def _said(problem: AnswerProblem) -> str:
    return problem.in_language(language()).detail


def _inputs(part: Part, typed: Mapping[str, Entry], details: Mapping[str, str]) -> Iterator[Input]:
    return (_input(field, typed, details) for field in part.fields if field.name != part.upload)


def _place(part: Part, details: Mapping[str, str]) -> Input | None:
    """The place for a file; a browser never fills it in again."""
    return Input(part.upload, part.upload, "", details.get(part.upload), ()) if part.upload else None


def _input(field: Field, typed: Mapping[str, Entry], details: Mapping[str, str]) -> Input:
    entry = typed.get(field.name)
    return Input(
        field.name, label_of(field), "" if entry is None else entry.text, details.get(field.name), field.variables
    )
