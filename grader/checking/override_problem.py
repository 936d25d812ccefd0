import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grader.checking.errors import GraderError, shown

MOST_POINTS = 1000.0


class Reason(StrEnum):
    """Why something cannot be overridden so."""

    UNKNOWN = "is nothing that can be changed"
    NO_TABLE = "must be a table of names and values"
    NO_NUMBER = "must be a number"
    RANGE = "is out of its range"
    NO_DIGITS = "must be a whole number from 1 to 15"
    TWO_WAYS = "must be said in one way: digits, or absolute and relative, or a share of the change"
    NOTHING_ACCEPTED = "must leave some room: absolute and relative cannot both be 0"
    NOT_ASKED = "is no field of this exercise"
    NO_UPDATE = "is no updated weight, so there is no change to take a share of"
    FORMULA = "is a formula, which is right or not: it has no tolerance"
    TRAINED = "is judged by what the weights do: it has no tolerance"
    NOTHING_LEFT = "leave no field that is worth anything"


@dataclass(frozen=True, slots=True)
class OverrideProblem:
    """One place, as exercise.toml would name it (`tolerance.fields.net_h1.relative`), and what is wrong there."""

    place: str
    reason: Reason


class UnusableOverrides(GraderError):
    """Some overrides cannot be used; nothing of them is."""

    def __init__(self, problems: tuple[OverrideProblem, ...]) -> None:
        super().__init__("; ".join(f"{shown(one.place)} {one.reason}" for one in problems) + ".")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Limit:
    """The numbers from low to high; `open_low` and `open_high` where these themselves are too much."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def read(self, raw: Any, place: str, found: list[OverrideProblem]) -> float:
        """A number within; otherwise 0, and a problem is noted."""
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
            found.append(OverrideProblem(place, Reason.NO_NUMBER))
            return 0.0
        too_low = raw <= self.low if self.open_low else raw < self.low
        too_high = raw >= self.high if self.open_high else raw > self.high
        if too_low or too_high:
            found.append(OverrideProblem(place, Reason.RANGE))
        return float(raw)
