"""Headings of assignment columns in files: distinct, and read as marks by other programs."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from flask_babel import lazy_gettext

from grader.services.assignments.assignments import CourseAssignment


class RenameReason(StrEnum):
    """Why a column's heading differs from its assignment's title."""

    SAME_TITLE = "same-title"
    TAKEN = "taken"
    IGNORED = "ignored"
    NUMBERED = "numbered"


@dataclass(frozen=True, slots=True)
class ColumnHeading:
    """The heading of a column, and why it differs from the assignment's title."""

    text: str
    why: tuple[RenameReason, ...] = ()


@dataclass(frozen=True, slots=True)
class GradebookProgram:
    """How a program interprets column headings.

    Attributes:
        own: columns with another meaning than marks.
        ignored: words that make it drop a column silently.
        numbered: whether a number in parentheses at the end is taken for the program's own id of an assignment.
    """

    own: frozenset[str]
    ignored: re.Pattern[str] | None = None
    numbered: bool = False


# Canvas' importer drops every column whose name contains one of these, with or without “Unposted ” before it.
_CANVAS_IGNORES = re.compile(r"(Current|Final) (Score|Points|Grade)|(Override) (Score|Grade|Status)")
_CANVAS_NUMBER = re.compile(r"\s\((\d+)\)$")
CANVAS = GradebookProgram(
    frozenset(
        {
            "student", "lastname", "firstname", "id", "sis user id", "sis login id", "section", "integration id",
            "root account", "notes", "points possible",
        }
    ),
    _CANVAS_IGNORES,
    numbered=True,
)  # fmt: skip
MOODLE = GradebookProgram(
    frozenset(
        {
            "email address", "id number", "full name", "first name", "last name", "surname", "username", "institution",
            "department", "id", "user id", "feedback",
        }
    )
)  # fmt: skip
SPREADSHEET = GradebookProgram(frozenset({"name", "email", "student_number"}))
PROGRAMS: Mapping[str, GradebookProgram] = MappingProxyType({"csv": SPREADSHEET, "moodle": MOODLE, "canvas": CANVAS})


def column_headings(
    assignments: Sequence[CourseAssignment], reader: GradebookProgram, ids: Mapping[int, str]
) -> tuple[ColumnHeading, ...]:
    """Return the headings; `ids` are Canvas' own ids, by which it finds an assignment."""
    safe = [_safe(one, reader, ids.get(one.id)) for one in assignments]
    apart = _told_apart([heading.text for heading in safe], [one.id for one in assignments], reader)
    return tuple(ColumnHeading(text, (*heading.why, *why)) for heading, (text, why) in zip(safe, apart, strict=True))


def _safe(assignment: CourseAssignment, reader: GradebookProgram, number: str | None) -> ColumnHeading:
    text = " ".join(assignment.title.split())
    why: list[RenameReason] = []
    if reader.ignored is not None and reader.ignored.search(text):
        text = reader.ignored.sub(lambda found: found[0].replace(" ", "-"), text)
        why.append(RenameReason.IGNORED)
    if reader.numbered and number is None and _CANVAS_NUMBER.search(text):
        text = _CANVAS_NUMBER.sub(r" [\1]", text)
        why.append(RenameReason.NUMBERED)
    return ColumnHeading(text if number is None else f"{text} ({number})", tuple(why))


def _told_apart(
    texts: Sequence[str], ids: Sequence[int], reader: GradebookProgram
) -> list[tuple[str, tuple[RenameReason, ...]]]:
    """Make headings distinct regardless of case, by appending the assignment's id where necessary."""
    found: list[tuple[str, tuple[RenameReason, ...]]] = [(text, ()) for text in texts]
    while True:
        count = Counter(text.casefold() for text, _ in found)
        following = [_numbered(one, number, count, reader) for one, number in zip(found, ids, strict=True)]
        if following == found:
            return found
        found = following


def _numbered(
    found: tuple[str, tuple[RenameReason, ...]], number: int, count: Counter[str], reader: GradebookProgram
) -> tuple[str, tuple[RenameReason, ...]]:
    text, why = found
    is_taken, is_double = text.casefold() in reader.own, count[text.casefold()] > 1
    if not (is_taken or is_double):
        return found
    reason = RenameReason.TAKEN if is_taken else RenameReason.SAME_TITLE
    return f"{text} [{number}]", (*why, reason) if reason not in why else why


PROGRAM_NAMES: Mapping[str, object] = MappingProxyType(
    {"csv": lazy_gettext("Spreadsheet"), "moodle": lazy_gettext("Moodle"), "canvas": lazy_gettext("Canvas")}
)
REASONS: Mapping[RenameReason, object] = MappingProxyType(
    {
        RenameReason.SAME_TITLE: lazy_gettext("another assignment has the same title"),
        RenameReason.TAKEN: lazy_gettext("this column name has another meaning there"),
        RenameReason.IGNORED: lazy_gettext("Canvas ignores columns whose names contain these words"),
        RenameReason.NUMBERED: lazy_gettext("Canvas would read the number at the end as an assignment number"),
    }
)


@dataclass(frozen=True, slots=True)
class RenamedColumn:
    """One assignment in one kind of file: its heading there, and the reasons."""

    assignment: CourseAssignment
    file: str
    column: str
    reasons: tuple[str, ...]


def renamed_columns(assignments: Sequence[CourseAssignment]) -> list[RenamedColumn]:
    """Return the headings that differ from their assignments' titles, in files of a whole course."""
    return [
        RenamedColumn(
            assignment, str(PROGRAM_NAMES[kind]), heading.text, tuple(str(REASONS[why]) for why in heading.why)
        )
        for kind, reader in PROGRAMS.items()
        for assignment, heading in zip(assignments, column_headings(assignments, reader, {}), strict=True)
        if heading.why
    ]
