"""Findings about the lines of a roster: rejected or ignored, each with a reason."""

from dataclasses import dataclass
from enum import StrEnum

SHOWN = 60
"""Characters of a cell that a message quotes."""


class RosterProblem(StrEnum):
    """Why a line, or a whole roster, is rejected."""

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
    """Why a line is ignored: it does not describe a person, or repeats an earlier line."""

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
    """A rejected line.

    Attributes:
        line: its number, from 1; 0 if the reason is not in one line.
        text: its content.
        other: another line that the reason refers to.
    """

    line: int
    wrong: RosterProblem
    text: str = ""
    other: int = 0


@dataclass(frozen=True, slots=True)
class PassedOver:
    """An ignored line; `other` is the line that it repeats, or the last of several blank ones."""

    line: int
    why: Nobody
    text: str = ""
    other: int = 0


class UnreadableRosterError(ValueError):
    """A roster that cannot be read at all."""

    def __init__(self, flaw: RosterFlaw) -> None:
        super().__init__(flaw.wrong.value)
        self.flaw = flaw


def short(text: str) -> str:
    """Return a text as quoted in a message: on one line, visible, limited in length."""
    visible = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text.strip())
    return visible if len(visible) <= SHOWN else f"{visible[:SHOWN]}…"
