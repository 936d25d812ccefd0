"""The one family of errors that the project raises for reasons that people can act on."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from grader.messages.language import Language
from grader.messages.message import Message


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Why one field can't be taken: `code` for programs, `detail` for people."""

    field: str
    code: str
    detail: Message

    def in_language(self, language: Language) -> Self:
        """The same, said in a language."""
        return replace(self, detail=self.detail.in_language(language))


LONGEST = 40
"""Characters of a name that are enough to recognise it by."""


class GraderError(Exception):
    """Something that a person or a program asked for and cannot have; `detail` says why in one sentence."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class RequestError(GraderError):
    """What a request cannot have, for a reason that its sender can act on; each class is of one of the five kinds below.

    The name of the class, in kebab case, names the problem for programs. Neither a name nor a title is reused or changed:
    clients match on them.

    Attributes:
        status: the HTTP status, of the kind; a class overrides it where its own differs.
        title: names the problem for people, in English; `python -m tools.messages` collects it for translation.
        retry_after: in how many seconds the same request may be tried again; None where that would not help.
    """

    status: ClassVar[int]
    title: ClassVar[str]
    retry_after: int | None = None


class NotFound(RequestError):
    """There is none, or none that the sender may know of."""

    status = 404


class Forbidden(RequestError):
    """It is there, but not for the sender, or not now."""

    status = 403


class Conflict(RequestError):
    """What is stored stands in the way."""

    status = 409


class Invalid(RequestError):
    """The request can be read, but what it says cannot be used."""

    status = 422


class Unavailable(RequestError):
    """It cannot be done at the moment; the same request may be tried again later."""

    status = 503


class UnknownExercise(NotFound):
    """No exercise has this slug."""

    title = "There is no such exercise"

    def __init__(self, slug: str) -> None:
        super().__init__(Message("exercise.unknown", slug=repr(slug)))
        self.slug = slug


class UnreadableAnswers(Invalid):
    """Some of the answers cannot be read as numbers, or name fields that are not asked."""

    title = "Some answers cannot be read"

    def __init__(self, problems: tuple[AnswerProblem, ...]) -> None:
        super().__init__(Message("answers.unreadable", fields=tuple(shown(problem.field) for problem in problems)))
        self.problems = problems


def shown(name: str) -> str:
    """A name that somebody sent, short and printable enough for a sentence."""
    short = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
    return short if short.isprintable() else ascii(short)[1:-1]
