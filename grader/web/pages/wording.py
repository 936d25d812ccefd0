"""Names that authors give, in the reader's language."""

from collections.abc import Collection
from typing import Protocol

from flask_babel import gettext as _

from grader.checking.exercise import Field, FieldKind
from grader.sayings.table import SENTENCES
from grader.web.language import language
from grader.web.wiring import web_services


class Titled(Protocol):
    """An exercise, or a part of one."""

    def title_in(self, language: str, /) -> str:
        """What a person reads."""


class Set(Protocol):
    """An assignment."""

    @property
    def title(self) -> str:
        """What its course calls it."""


def titled(thing: Titled) -> str:
    """The title of an exercise, or of a part, in the reader's language."""
    return thing.title_in(language())


def called(assignment: Set | str) -> str:
    """The title of an assignment: its course's own, or where that is an exercise's, in the reader's language."""
    title = assignment if isinstance(assignment, str) else assignment.title
    exercises = (published for published in web_services().catalog if published.title == title)
    return next(map(titled, exercises), title)


def told(reason: str | None) -> str:
    """Why the service could not do something: our own sentences in the reader's language, what a program said as it is."""
    return _(reason) if reason else ""


def label_of(field: Field) -> str:
    """LaTeX of a field; the place for a file is the one that has a word for its name."""
    return rf"\text{{{_('file')}}}" if field.kind is FieldKind.FILE else field.label


def said_while_typing(kinds: Collection[FieldKind]) -> dict[str, str]:
    """Return what may be said of a text of some kinds that can't be read, for the script that puts the values in."""
    spoken = language()
    return {key: said[spoken] for key, said in SENTENCES.items() if key.partition(".")[0] in kinds}
