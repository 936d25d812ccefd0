import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grader.checking.errors import GraderError, shown
from grader.sayings.saying import Saying

MOST_POINTS = 1000.0


class Reason(StrEnum):
    """Why something cannot be overridden so: the key of the sentence that says it."""

    UNKNOWN = "override.unknown"
    NO_TABLE = "override.no-table"
    NO_NUMBER = "override.no-number"
    RANGE = "override.range"
    NO_DIGITS = "override.no-digits"
    TWO_WAYS = "override.two-ways"
    NOTHING_ACCEPTED = "override.nothing-accepted"
    NOT_ASKED = "override.not-asked"
    NO_UPDATE = "override.no-update"
    FORMULA = "override.formula"
    TRAINED = "override.trained"
    NOTHING_LEFT = "override.nothing-left"


@dataclass(frozen=True, slots=True)
class OverrideProblem:
    """One place, as exercise.toml would name it (`tolerance.fields.net_h1.relative`), and what is wrong there."""

    place: str
    reason: Reason

    @property
    def said(self) -> Saying:
        """The same in words."""
        return Saying(self.reason.value, place=shown(self.place or "overrides"))


class UnusableOverrides(GraderError):
    """Some overrides cannot be used; nothing of them is."""

    def __init__(self, problems: tuple[OverrideProblem, ...]) -> None:
        super().__init__(Saying("overrides", problems=tuple(one.said for one in problems)))
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
