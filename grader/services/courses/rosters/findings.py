"""What is said about the lines of a list: refused with a reason, or passed over with a reason."""

from dataclasses import dataclass
from enum import StrEnum

SHOWN = 60
"""Characters of a cell that are quoted in a message."""


class RosterProblem(StrEnum):
    """Why a line, or all of a list, is refused."""

    ENCODING = "encoding"
    NO_TEXT = "no-text"
    OTHER_FORMAT = "other-format"
    EMPTY = "empty"
    QUOTES = "quotes"
    TOO_MANY = "too-many"
    NO_EMAIL_COLUMN = "no-email-column"
    BAD_DOMAIN = "bad-domain"
    ABOVE_TITLES = "above-titles"
    BAD_EMAIL = "bad-email"
    LOGIN = "login"
    NO_EMAIL = "no-email"
    UNKNOWN_NUMBER = "unknown-number"
    SEVERAL_EMAILS = "several-emails"
    SEVERAL_NUMBERS = "several-numbers"
    TWICE = "twice"
    NUMBER_TWICE = "number-twice"
    NUMBER_TAKEN = "number-taken"
    NUMBER_DAMAGED = "number-damaged"
    UNKNOWN_ROLE = "unknown-role"
    TOO_LONG = "too-long"
    UNPRINTABLE = "unprintable"
    LOST_LETTERS = "lost-letters"
    FORMULA = "formula"
    MARKUP = "markup"
    TOO_MANY_CELLS = "too-many-cells"
    LAST_INSTRUCTOR = "last-instructor"


class Nobody(StrEnum):
    """Why a line is passed over: it describes no person, or one that an earlier line describes."""

    BLANK = "blank"
    SEPARATOR = "separator"
    ABOVE = "above"
    TITLES = "titles"
    UNKNOWN_TITLES = "unknown-titles"
    RULE = "rule"
    COMMENT = "comment"
    SUMMARY = "summary"
    TEST_STUDENT = "test-student"
    PROSE = "prose"
    UNUSED = "unused"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class RosterFlaw:
    """Why a line is refused.

    Attributes:
        line: its number, from 1; 0 where the reason lies in no line.
        text: what is written there.
        other: a line that the reason refers to.
    """

    line: int
    wrong: RosterProblem
    text: str = ""
    other: int = 0


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Why a line is passed over; `other` is the line that it repeats, or the last of several blank ones."""

    line: int
    why: Nobody
    text: str = ""
    other: int = 0


class UnreadableRosterError(ValueError):
    """A whole list that cannot be read."""

    def __init__(self, flaw: RosterFlaw) -> None:
        super().__init__(flaw.wrong.value)
        self.flaw = flaw


def short(text: str) -> str:
    """Return a text as a message quotes it: on one line, visible, not too long."""
    visible = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text.strip())
    return visible if len(visible) <= SHOWN else f"{visible[:SHOWN]}…"
