"""What an assignment judges otherwise than the exercise's folder says: tolerances, credit, points of single fields."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Self

from grader.checking.exercise import Exercise, Field, FieldKind, Part
from grader.checking.leeway import KEYS, NO_LEEWAY, Leeway
from grader.checking.override_problem import MOST_POINTS, Limit, OverrideProblem, Reason, UnusableOverrides
from grader.checking.verdict import Verdict, with_undecided

EARNS = (Verdict.CORRECT, Verdict.FOLLOWS, Verdict.IMPRECISE, Verdict.UNDECIDED, Verdict.MISTAKEN)
"""Verdicts whose credit can be set; blank and wrong earn nothing."""

SHARE = Limit(0.0, 1.0)
POINTS = Limit(0.0, MOST_POINTS)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What is changed; what is not named here stays as the exercise says.

    Attributes:
        tolerance: of all computed fields; its `of_change` of all updated weights.
        fields: tolerances of single fields, which go before `tolerance`.
        credit: share of a field's points per verdict.
        points: what single fields are worth.
    """

    tolerance: Leeway = NO_LEEWAY
    fields: Mapping[str, Leeway] = field(default_factory=lambda: MappingProxyType({}))
    credit: Mapping[Verdict, float] = field(default_factory=lambda: MappingProxyType({}))
    points: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_json(cls, raw: Any) -> Self:
        """Read them strictly, as `to_json` writes them.

        Raises:
            UnusableOverrides: something is unknown, no number or out of its range; every such place is named.
        """
        found: list[OverrideProblem] = []
        top = _table(raw, "", ("tolerance", "credit", "points"), found)
        tolerance = _table(top.get("tolerance", {}), "tolerance", (*KEYS, "fields"), found)
        single = _table(tolerance.get("fields", {}), "tolerance.fields", None, found)
        credit = _table(top.get("credit", {}), "credit", tuple(EARNS), found)
        made = cls(
            Leeway.read({key: tolerance[key] for key in KEYS if key in tolerance}, "tolerance", found),
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
        """Plain values for storing, nothing empty among them."""
        fields = {name: own.to_json() for name, own in self.fields.items() if own != NO_LEEWAY}
        tolerance = self.tolerance.to_json() | ({"fields": fields} if fields else {})
        parts = {
            "tolerance": tolerance,
            "credit": {str(verdict): float(share) for verdict, share in self.credit.items()},
            "points": {name: float(points) for name, points in self.points.items()},
        }
        return {name: part for name, part in parts.items() if part}

    @property
    def key(self) -> str:
        """What gradings are told apart by: the same for the same overrides, empty where there are none."""
        said = self.to_json()
        if not said:
            return ""
        return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


NO_OVERRIDES = Overrides()


def apply(exercise: Exercise, overrides: Overrides) -> Exercise:
    """The exercise with what the overrides change; what they say of fields that it does not ask changes nothing."""
    if overrides == NO_OVERRIDES:
        return exercise
    parts = tuple(_part(exercise, part, overrides) for part in exercise.parts)
    return replace(exercise, parts=parts, credit=with_undecided(overrides.credit, exercise.credit))


def check(exercise: Exercise, overrides: Overrides) -> None:
    """Make sure that they make sense for this exercise.

    Raises:
        UnusableOverrides: they name fields that are not asked, or tolerances that a field cannot have.
    """
    found = [*_unknown(exercise, overrides), *_misplaced(exercise, overrides)]
    changed = apply(exercise, overrides)
    for name, one in changed.asked.items():
        if one.tolerance.absolute == 0 and one.tolerance.relative == 0:
            found.append(OverrideProblem(f"tolerance.fields.{name}", Reason.NOTHING_ACCEPTED))
    if changed.max_points <= 0:
        found.append(OverrideProblem("points", Reason.NOTHING_LEFT))
    if found:
        raise UnusableOverrides(tuple(found))


def _part(exercise: Exercise, part: Part, overrides: Overrides) -> Part:
    return replace(part, fields=tuple(_field(exercise, one, overrides) for one in part.fields))


def _field(exercise: Exercise, one: Field, overrides: Overrides) -> Field:
    points = overrides.points.get(one.name, one.points)
    if one.name not in exercise.asked:
        return replace(one, points=points)
    own = overrides.fields.get(one.name, NO_LEEWAY)
    tolerance = own.over(overrides.tolerance.for_all(one.tolerance))
    return replace(one, points=points, tolerance=tolerance)


def _unknown(exercise: Exercise, overrides: Overrides) -> Iterator[OverrideProblem]:
    asked = set(exercise.field_names)
    for name in sorted(overrides.fields.keys() - asked):
        yield OverrideProblem(f"tolerance.fields.{name}", Reason.NOT_ASKED)
    for name in sorted(overrides.points.keys() - asked):
        yield OverrideProblem(f"points.{name}", Reason.NOT_ASKED)


def _misplaced(exercise: Exercise, overrides: Overrides) -> Iterator[OverrideProblem]:
    kinds = {one.name: one.kind for one in exercise.fields}
    for name, own in overrides.fields.items():
        place = f"tolerance.fields.{name}"
        if name in exercise.asked:
            if own.of_change is not None and exercise.before(name) is None:
                yield OverrideProblem(f"{place}.of_change", Reason.NO_UPDATE)
        elif name in kinds:
            is_formula = kinds[name] is FieldKind.FORMULA
            yield OverrideProblem(place, Reason.FORMULA if is_formula else Reason.TRAINED)


def _leeway(raw: Any, place: str, found: list[OverrideProblem]) -> Leeway:
    return Leeway.read(_table(raw, place, KEYS, found), place, found)


def _table(raw: Any, place: str, known: tuple[str, ...] | None, found: list[OverrideProblem]) -> dict[str, Any]:
    """A table whose keys are known; None for any keys."""
    if not isinstance(raw, Mapping):
        found.append(OverrideProblem(place, Reason.NO_TABLE))
        return {}
    table = {str(name): value for name, value in raw.items()}
    unknown = [name for name in table if known is not None and name not in known]
    found.extend(OverrideProblem(f"{place}.{name}".lstrip("."), Reason.UNKNOWN) for name in unknown)
    return {name: value for name, value in table.items() if name not in unknown}
