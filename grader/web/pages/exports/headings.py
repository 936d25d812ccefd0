"""What the column of an assignment is called in a file: told apart from the others, and read as a column of marks."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from grader.services.assignment import Assignment


class Why(StrEnum):
    """Why a column is not called as its assignment is."""

    SAME_TITLE = "same-title"
    TAKEN = "taken"
    IGNORED = "ignored"
    NUMBERED = "numbered"


@dataclass(frozen=True, slots=True)
class Heading:
    """The name of a column, and why it differs from the assignment's title."""

    text: str
    why: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """What the program that reads a file makes of names of columns.

    Attributes:
        own: columns that it reads as something else than marks.
        ignored: what a name may not contain, or the column is dropped without a word.
        numbered: whether a number in parentheses at the end is taken for the program's own number of an assignment.
    """

    own: frozenset[str]
    ignored: re.Pattern[str] | None = None
    numbered: bool = False


# Canvas' importer drops every column whose name contains one of these, with “Unposted ” before it or not.
_CANVAS_IGNORES = re.compile(r"(Current|Final) (Score|Points|Grade)|(Override) (Score|Grade|Status)")
_CANVAS_NUMBER = re.compile(r"\s\((\d+)\)$")
CANVAS = Reader(
    frozenset(
        {
            "student", "lastname", "firstname", "id", "sis user id", "sis login id", "section", "integration id",
            "root account", "notes", "points possible",
        }
    ),
    _CANVAS_IGNORES,
    numbered=True,
)  # fmt: skip
MOODLE = Reader(
    frozenset(
        {
            "email address", "id number", "full name", "first name", "last name", "surname", "username", "institution",
            "department", "id", "user id", "feedback",
        }
    )
)  # fmt: skip
SPREADSHEET = Reader(frozenset({"name", "email", "student_number"}))
READERS: Mapping[str, Reader] = MappingProxyType({"csv": SPREADSHEET, "moodle": MOODLE, "canvas": CANVAS})


def headings(assignments: Sequence[Assignment], reader: Reader, ids: Mapping[int, str]) -> tuple[Heading, ...]:
    """Return what the columns are called; `ids` are Canvas' own numbers, by which it finds an assignment."""
    safe = [_safe(one, reader, ids.get(one.id)) for one in assignments]
    apart = _told_apart([heading.text for heading in safe], [one.id for one in assignments], reader)
    return tuple(Heading(text, (*heading.why, *why)) for heading, (text, why) in zip(safe, apart, strict=True))


def _safe(assignment: Assignment, reader: Reader, number: str | None) -> Heading:
    text = " ".join(assignment.title.split())
    why: list[Why] = []
    if reader.ignored is not None and reader.ignored.search(text):
        text = reader.ignored.sub(lambda found: found[0].replace(" ", "-"), text)
        why.append(Why.IGNORED)
    if reader.numbered and number is None and _CANVAS_NUMBER.search(text):
        text = _CANVAS_NUMBER.sub(r" [\1]", text)
        why.append(Why.NUMBERED)
    return Heading(text if number is None else f"{text} ({number})", tuple(why))


def _told_apart(texts: Sequence[str], ids: Sequence[int], reader: Reader) -> list[tuple[str, tuple[Why, ...]]]:
    """Texts of which no two are alike, whatever their case: where it is needed the assignment's number is appended."""
    found: list[tuple[str, tuple[Why, ...]]] = [(text, ()) for text in texts]
    while True:
        count = Counter(text.casefold() for text, _ in found)
        following = [_numbered(one, number, count, reader) for one, number in zip(found, ids, strict=True)]
        if following == found:
            return found
        found = following


def _numbered(
    found: tuple[str, tuple[Why, ...]], number: int, count: Counter[str], reader: Reader
) -> tuple[str, tuple[Why, ...]]:
    text, why = found
    is_taken, is_double = text.casefold() in reader.own, count[text.casefold()] > 1
    if not (is_taken or is_double):
        return found
    reason = Why.TAKEN if is_taken else Why.SAME_TITLE
    return f"{text} [{number}]", (*why, reason) if reason not in why else why
