"""A tolerance as an author or an instructor writes it: in one of three ways, with parts left out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from grader.checking.override_problem import Limit, OverrideProblem, Reason
from grader.checking.tolerance import DEFAULT_ABSOLUTE, Tolerance

KEYS = ("absolute", "relative", "digits", "of_change")

MOST_DIGITS = 15
LIMITS: Mapping[str, Limit] = {
    "absolute": Limit(0.0, 1e300),
    "relative": Limit(0.0, 1.0, open_high=True),
    "of_change": Limit(0.0, 0.25, open_low=True, open_high=True),
}


@dataclass(frozen=True, slots=True)
class Leeway:
    """What of a tolerance is said; None is left as it was.

    Attributes:
        absolute: in units of the answer.
        relative: share of the expected value.
        digits: significant digits that pass, in place of both.
        of_change: share of the expected change, for updated weights.
    """

    absolute: float | None = None
    relative: float | None = None
    digits: int | None = None
    of_change: float | None = None

    @classmethod
    def read(cls, raw: Mapping[str, Any], place: str, found: list[OverrideProblem]) -> Self:
        """Read a table whose keys are all of KEYS; what is wrong with it is noted."""
        before = len(found)
        numbers = {key: limit.read(raw[key], f"{place}.{key}", found) for key, limit in LIMITS.items() if key in raw}
        digits = raw.get("digits")
        if digits is not None and not _are_digits(digits):
            found.append(OverrideProblem(f"{place}.digits", Reason.NO_DIGITS))
        if len(found) == before:
            found.extend(_contradictions(raw, place))
        return cls(**numbers, digits=digits if len(found) == before else None)

    def to_json(self) -> dict[str, float | int]:
        """What is said."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    def for_all(self, usual: Tolerance) -> Tolerance:
        """What a field's tolerance becomes where this is said of all fields: updates are told their share alone."""
        if usual.of_change:
            return usual if self.of_change is None else Tolerance(0.0, self.of_change, of_change=True)
        return Leeway(self.absolute, self.relative, self.digits).over(usual)

    def over(self, usual: Tolerance) -> Tolerance:
        """What a field's tolerance becomes where this is said of it."""
        if self.of_change is not None:
            return Tolerance(0.0, self.of_change, of_change=True)
        if self.digits is not None:
            return Tolerance(DEFAULT_ABSOLUTE, 0.5 * 10.0 ** (1 - self.digits))
        if self.absolute is None and self.relative is None:
            return usual
        others = Tolerance(0.0, 0.0) if usual.of_change else usual
        return Tolerance(
            others.absolute if self.absolute is None else self.absolute,
            others.relative if self.relative is None else self.relative,
        )


NO_LEEWAY = Leeway()


def _are_digits(raw: Any) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool) and 1 <= raw <= MOST_DIGITS


def _contradictions(raw: Mapping[str, Any], place: str) -> list[OverrideProblem]:
    is_whole = place == "tolerance"  # of all fields: updates have a share beside what is said of the others
    ways = ({"digits"}, {"absolute", "relative"}, set[str]() if is_whole else {"of_change"})
    if sum(bool(way & raw.keys()) for way in ways) > 1:
        return [OverrideProblem(place, Reason.TWO_WAYS)]
    if raw.get("absolute") == 0 and raw.get("relative") == 0:
        return [OverrideProblem(place, Reason.NOTHING_ACCEPTED)]
    return []
