"""Names that authors give, in the reader's language."""

from typing import Protocol

from flask_babel import gettext as _

from grader.checking.exercise import Field, FieldKind
from grader.web.language import language


class Titled(Protocol):
    """An exercise, or a part of one."""

    def title_in(self, language: str, /) -> str:
        """What a person reads."""


def titled(thing: Titled) -> str:
    """The title of an exercise, or of a part, in the reader's language."""
    return thing.title_in(language())


def label_of(field: Field) -> str:
    """LaTeX of a field; the place for a file is the one that has a word for its name."""
    return rf"\text{{{_('file')}}}" if field.kind is FieldKind.FILE else field.label
