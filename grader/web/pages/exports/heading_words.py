"""In words: which assignments are called otherwise in a file, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import lazy_gettext

from grader.services.assignment import Assignment
from grader.web.pages.exports.headings import READERS, Why, headings

NAMES: Mapping[str, object] = MappingProxyType(
    {"csv": lazy_gettext("Spreadsheet"), "moodle": lazy_gettext("Moodle"), "canvas": lazy_gettext("Canvas")}
)
REASONS: Mapping[Why, object] = MappingProxyType(
    {
        Why.SAME_TITLE: lazy_gettext("another assignment has the same title"),
        Why.TAKEN: lazy_gettext("a column of this name means something else there"),
        Why.IGNORED: lazy_gettext("Canvas ignores every column with such words in its name"),
        Why.NUMBERED: lazy_gettext("Canvas would take the number at the end for its own number of an assignment"),
    }
)


@dataclass(frozen=True, slots=True)
class Renamed:
    """One assignment in one kind of file: the name of its column there, and the reasons."""

    assignment: Assignment
    file: str
    column: str
    reasons: tuple[str, ...]


def renamed(assignments: Sequence[Assignment]) -> list[Renamed]:
    """Return what is called otherwise than its assignment, in files of a whole course."""
    return [
        Renamed(assignment, str(NAMES[kind]), heading.text, tuple(str(REASONS[why]) for why in heading.why))
        for kind, reader in READERS.items()
        for assignment, heading in zip(assignments, headings(assignments, reader, {}), strict=True)
        if heading.why
    ]
