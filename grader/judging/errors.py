"""The single family of errors raised for reasons that people can act on."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from grader.messages.language import Language
from grader.messages.message import Message


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Why one field cannot be accepted: `code` for programs, `detail` for people."""

    field: str
    code: str
    detail: Message

    def in_language(self, language: Language) -> Self:
        """Return the same in a language."""
        return replace(self, detail=self.detail.in_language(language))


LONGEST = 40
"""Characters of a name that suffice to recognise it."""


class GraderError(Exception):
    """A request by a person or a program that cannot be fulfilled; `detail` gives the reason in one sentence."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class RequestError(GraderError):
    """An error that the sender of a request can act on; each class is of one of the five kinds below.

    The class name in kebab case identifies the problem for programs. Neither names nor titles are reused or changed,
    because clients match on them.

    Attributes:
        status: the HTTP status of the kind; a class may override it.
        title: names the problem for people, in English; `python -m tools.messages` collects it for translation.
        retry_after: seconds after which the same request may be repeated; None if that would not help.
    """

    status: ClassVar[int]
    title: ClassVar[str]
    retry_after: int | None = None


class NotFound(RequestError):
    """It does not exist, or the sender may not know of it."""

    status = 404


class Forbidden(RequestError):
    """It exists, but the sender may not use it, or not now."""

    status = 403


class Conflict(RequestError):
    """It conflicts with what is stored."""

    status = 409


class Invalid(RequestError):
    """The request can be parsed, but its content is invalid."""

    status = 422


class Unavailable(RequestError):
    """It is temporarily impossible; the same request may be repeated later."""

    status = 503


class UnknownExercise(NotFound):
    """No exercise has this slug."""

    title = "Exercise not found"

    def __init__(self, slug: str) -> None:
        super().__init__(Message("exercise.unknown", slug=repr(slug)))
        self.slug = slug


class UnreadableAnswers(Invalid):
    """Some answers cannot be read, or name unknown fields."""

    title = "Some answers cannot be read"

    def __init__(self, problems: tuple[AnswerProblem, ...]) -> None:
        super().__init__(Message("answers.unreadable", fields=tuple(shown(problem.field) for problem in problems)))
        self.problems = problems


def shown(name: str) -> str:
    """Return a name from a request, short and printable enough for a message."""
    short = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
    return short if short.isprintable() else ascii(short)[1:-1]
