"""The one family of errors that the project raises for reasons that people can act on."""

from dataclasses import dataclass, replace
from typing import Self

from grader.messages.message import Message


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Why one field can't be taken: `code` for programs, `detail` for people."""

    field: str
    code: str
    detail: Message

    def in_language(self, language: str) -> Self:
        """The same, said in a language."""
        return replace(self, detail=self.detail.in_language(language))


LONGEST = 40
"""Characters of a name that are enough to recognise it by."""


class GraderError(Exception):
    """Something that a person or a program asked for and cannot have; `detail` says why in one sentence."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class UnknownExercise(GraderError):
    """No exercise has this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(Message("exercise.unknown", slug=repr(slug)))
        self.slug = slug


class UnreadableAnswers(GraderError):
    """Some of the answers cannot be read as numbers, or name fields that are not asked."""

    def __init__(self, problems: tuple[AnswerProblem, ...]) -> None:
        super().__init__(Message("answers.unreadable", fields=tuple(shown(problem.field) for problem in problems)))
        self.problems = problems


def shown(name: str) -> str:
    """A name that somebody sent, short and printable enough for a sentence."""
    short = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
    return short if short.isprintable() else ascii(short)[1:-1]
