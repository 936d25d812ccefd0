"""Deviations of an assignment from its exercise in judging: tolerances, credit and points."""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from grader.judging.errors import GraderError, shown
from grader.judging.exercise import Exercise, Field, FieldKind, Part
from grader.judging.tolerance import DEFAULT_ABSOLUTE, Tolerance
from grader.judging.verdict import Verdict, with_undecided
from grader.messages.message import Message

MOST_POINTS = 1000.0


class OverrideReason(StrEnum):
    """Why an override is invalid: the key of its message."""

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
    """One invalid place, named as in exercise.toml (`tolerance.fields.net_h1.relative`), and the reason."""

    place: str
    reason: OverrideReason

    @property
    def said(self) -> Message:
        """Return it in words."""
        return Message(self.reason.value, place=shown(self.place or "overrides"))


class UnusableOverrides(GraderError):
    """Some overrides are invalid; none of them is applied."""

    def __init__(self, problems: tuple[OverrideProblem, ...]) -> None:
        super().__init__(Message("overrides", problems=tuple(one.said for one in problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Limit:
    """The numbers from low to high, excluding these with `open_low` and `open_high`."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def read(self, raw: Any, place: str, found: list[OverrideProblem]) -> float:
        """Return a number within the limit; otherwise 0, after recording a problem."""
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
            found.append(OverrideProblem(place, OverrideReason.NO_NUMBER))
            return 0.0
        too_low = raw <= self.low if self.open_low else raw < self.low
        too_high = raw >= self.high if self.open_high else raw > self.high
        if too_low or too_high:
            found.append(OverrideProblem(place, OverrideReason.RANGE))
        return float(raw)


KEYS = ("absolute", "relative", "digits", "of_change")

MOST_DIGITS = 15
LIMITS: Mapping[str, Limit] = {
    "absolute": Limit(0.0, 1e300),
    "relative": Limit(0.0, 1.0, open_high=True),
    "of_change": Limit(0.0, 0.25, open_low=True, open_high=True),
}


@dataclass(frozen=True, slots=True)
class ToleranceOverride:
    """The overridden part of a tolerance; None leaves it unchanged.

    Attributes:
        absolute: in units of the answer.
        relative: share of the expected value.
        digits: significant digits that pass, replacing both.
        of_change: share of the expected change, for updated weights.
    """

    absolute: float | None = None
    relative: float | None = None
    digits: int | None = None
    of_change: float | None = None

    @classmethod
    def read(cls, raw: Mapping[str, Any], place: str, found: list[OverrideProblem]) -> Self:
        """Parse a table with the keys in KEYS; problems are recorded."""
        before = len(found)
        numbers = {key: limit.read(raw[key], f"{place}.{key}", found) for key, limit in LIMITS.items() if key in raw}
        digits = raw.get("digits")
        if digits is not None and not _are_digits(digits):
            found.append(OverrideProblem(f"{place}.digits", OverrideReason.NO_DIGITS))
        if len(found) == before:
            found.extend(_contradictions(raw, place))
        return cls(**numbers, digits=digits if len(found) == before else None)

    def to_json(self) -> dict[str, float | int]:
        """Return the overridden values."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    def for_all(self, usual: Tolerance) -> Tolerance:
        """Return a field's tolerance if this overrides all fields: updates only take their share."""
        if usual.of_change:
            return usual if self.of_change is None else Tolerance(0.0, self.of_change, of_change=True)
        return ToleranceOverride(self.absolute, self.relative, self.digits).over(usual)

    def over(self, usual: Tolerance) -> Tolerance:
        """Return a field's tolerance if this overrides the field."""
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


NO_OVERRIDE = ToleranceOverride()


def _are_digits(raw: Any) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool) and 1 <= raw <= MOST_DIGITS


def _contradictions(raw: Mapping[str, Any], place: str) -> list[OverrideProblem]:
    is_whole = place == "tolerance"  # for all fields together, updates have a share of their own
    ways = ({"digits"}, {"absolute", "relative"}, set[str]() if is_whole else {"of_change"})
    if sum(bool(way & raw.keys()) for way in ways) > 1:
        return [OverrideProblem(place, OverrideReason.TWO_WAYS)]
    if raw.get("absolute") == 0 and raw.get("relative") == 0:
        return [OverrideProblem(place, OverrideReason.NOTHING_ACCEPTED)]
    return []


EARNS = (Verdict.CORRECT, Verdict.FOLLOWS, Verdict.IMPRECISE, Verdict.UNDECIDED, Verdict.MISTAKEN)
"""Verdicts whose credit can be set; missing and wrong earn nothing."""

SHARE = Limit(0.0, 1.0)
POINTS = Limit(0.0, MOST_POINTS)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What is changed; anything else stays as in the exercise.

    Attributes:
        tolerance: of all computed fields; its `of_change` applies to all updated weights.
        fields: tolerances of single fields, which take precedence over `tolerance`.
        credit: share of a field's points for each verdict.
        points: of single fields.
    """

    tolerance: ToleranceOverride = NO_OVERRIDE
    fields: Mapping[str, ToleranceOverride] = field(default_factory=lambda: MappingProxyType({}))
    credit: Mapping[Verdict, float] = field(default_factory=lambda: MappingProxyType({}))
    points: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_json(cls, raw: Any) -> Self:
        """Parse them strictly, as written by `to_json`.

        Raises:
            UnusableOverrides: something is unknown, not a number or out of range; names every such place.
        """
        found: list[OverrideProblem] = []
        top = _table(raw, "", ("tolerance", "credit", "points"), found)
        tolerance = _table(top.get("tolerance", {}), "tolerance", (*KEYS, "fields"), found)
        single = _table(tolerance.get("fields", {}), "tolerance.fields", None, found)
        credit = _table(top.get("credit", {}), "credit", tuple(EARNS), found)
        made = cls(
            ToleranceOverride.read({key: tolerance[key] for key in KEYS if key in tolerance}, "tolerance", found),
            {name: _leeway(own, f"tolerance.fields.{name}", found) for name, own in single.items()},
            {Verdict(word): SHARE.read(share, f"credit.{word}", found) for word, share in credit.items()},
            {
                name: POINTS.read(points, f"points.{name}", found)
                for name, points in _table(top.get("points", {}), "points", None, found).items()
            },
        )
        if found:
            raise UnusableOverrides(tuple(found))
        return made

    def to_json(self) -> dict[str, Any]:
        """Return plain values for storing, without empty ones."""
        fields = {name: own.to_json() for name, own in self.fields.items() if own != NO_OVERRIDE}
        tolerance = self.tolerance.to_json() | ({"fields": fields} if fields else {})
        parts = {
            "tolerance": tolerance,
            "credit": {str(verdict): float(share) for verdict, share in self.credit.items()},
            "points": {name: float(points) for name, points in self.points.items()},
        }
        return {name: part for name, part in parts.items() if part}

    @property
    def key(self) -> str:
        """Return a key that distinguishes gradings: equal for equal overrides, empty without any."""
        said = self.to_json()
        if not said:
            return ""
        return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


NO_OVERRIDES = Overrides()


def apply(exercise: Exercise, overrides: Overrides) -> Exercise:
    """Return the exercise with the overrides applied; those of unknown fields have no effect."""
    if overrides == NO_OVERRIDES:
        return exercise
    parts = tuple(_part(exercise, part, overrides) for part in exercise.parts)
    return replace(exercise, parts=parts, credit=with_undecided(overrides.credit, exercise.credit))


def check(exercise: Exercise, overrides: Overrides) -> None:
    """Make sure that the overrides fit this exercise.

    Raises:
        UnusableOverrides: they name unknown fields, or tolerances that a field cannot have.
    """
    found = [*_unknown(exercise, overrides), *_misplaced(exercise, overrides)]
    changed = apply(exercise, overrides)
    for name, one in changed.asked.items():
        if one.tolerance.absolute == 0 and one.tolerance.relative == 0:
            found.append(OverrideProblem(f"tolerance.fields.{name}", OverrideReason.NOTHING_ACCEPTED))
    if changed.max_points <= 0:
        found.append(OverrideProblem("points", OverrideReason.NOTHING_LEFT))
    if found:
        raise UnusableOverrides(tuple(found))


def _part(exercise: Exercise, part: Part, overrides: Overrides) -> Part:
    return replace(part, fields=tuple(_field(exercise, one, overrides) for one in part.fields))


def _field(exercise: Exercise, one: Field, overrides: Overrides) -> Field:
    points = overrides.points.get(one.name, one.points)
    if one.name not in exercise.asked:
        return replace(one, points=points)
    own = overrides.fields.get(one.name, NO_OVERRIDE)
    tolerance = own.over(overrides.tolerance.for_all(one.tolerance))
    return replace(one, points=points, tolerance=tolerance)


def _unknown(exercise: Exercise, overrides: Overrides) -> Iterator[OverrideProblem]:
    asked = set(exercise.field_names)
    for name in sorted(overrides.fields.keys() - asked):
        yield OverrideProblem(f"tolerance.fields.{name}", OverrideReason.NOT_ASKED)
    for name in sorted(overrides.points.keys() - asked):
        yield OverrideProblem(f"points.{name}", OverrideReason.NOT_ASKED)


def _misplaced(exercise: Exercise, overrides: Overrides) -> Iterator[OverrideProblem]:
    kinds = {one.name: one.kind for one in exercise.fields}
    for name, own in overrides.fields.items():
        place = f"tolerance.fields.{name}"
        if name in exercise.asked:
            if own.of_change is not None and exercise.before(name) is None:
                yield OverrideProblem(f"{place}.of_change", OverrideReason.NO_UPDATE)
        elif name in kinds:
            is_formula = kinds[name] is FieldKind.FORMULA
            yield OverrideProblem(place, OverrideReason.FORMULA if is_formula else OverrideReason.TRAINED)


def _leeway(raw: Any, place: str, found: list[OverrideProblem]) -> ToleranceOverride:
    return ToleranceOverride.read(_table(raw, place, KEYS, found), place, found)


def _table(raw: Any, place: str, known: tuple[str, ...] | None, found: list[OverrideProblem]) -> dict[str, Any]:
    """Return a table whose keys are known; None allows any keys."""
    if not isinstance(raw, Mapping):
        found.append(OverrideProblem(place, OverrideReason.NO_TABLE))
        return {}
    table = {str(name): value for name, value in raw.items()}
    unknown = [name for name in table if known is not None and name not in known]
    found.extend(OverrideProblem(f"{place}.{name}".lstrip("."), OverrideReason.UNKNOWN) for name in unknown)
    return {name: value for name, value in table.items() if name not in unknown}
