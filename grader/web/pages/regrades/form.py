"""The form of a regrade: from current settings to texts, and from texts to a proposal."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _

from grader.judging.exercise import Exercise
from grader.judging.overrides import (
    EARNS,
    NO_OVERRIDE,
    NO_OVERRIDES,
    OverrideProblem,
    Overrides,
    ToleranceOverride,
    UnusableOverrides,
    apply,
    check,
)
from grader.judging.policy import Counting, Late, Policy
from grader.judging.reading.numbers import Unreadable, read_number
from grader.services.assignments.assignments import CourseAssignment
from grader.services.regrading.regrades import Proposal
from grader.web.i18n import reading_language
from grader.web.pages.formatting import decimal
from grader.web.pages.forms import FormInput, number_of

PERCENT = 100
MOST_ATTEMPTS, MOST_POINTS, LONGEST_REASON = 1000, 10_000, 300


class ToleranceKind(StrEnum):
    """How a tolerance is given; the values are those of exercise.toml."""

    USUAL = ""
    RELATIVE = "relative"
    ABSOLUTE = "absolute"
    DIGITS = "digits"
    OF_CHANGE = "of_change"


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One field of the exercise; `now` is its tolerance in words, None if it has none."""

    name: str
    label: str
    points: float
    now: str | None
    is_update: bool


def override_rows(exercise: Exercise, overrides: Overrides) -> tuple[OverrideRow, ...]:
    """Return the fields as they are judged now."""
    changed = apply(exercise, overrides)
    return tuple(
        OverrideRow(
            one.name, one.label, one.points, _tolerance_in_words(changed, one.name), _is_update(changed, one.name)
        )
        for one in changed.fields
    )


def regrade_texts(assignment: CourseAssignment) -> dict[str, str]:
    """Return the form's texts for the current settings."""
    overrides, policy = Overrides.from_json(assignment.overrides), assignment.policy
    texts = {
        "all.of_change": _text(overrides.tolerance.of_change),
        "counting": policy.counting.value,
        "attempts": _text(policy.attempts),
        "late_percent": _text(round(policy.late.per_day * PERCENT, 9)),
        "late_cap": _text(round(policy.late.cap * PERCENT, 9)),
        "worth": _text(policy.points),
        **_said("all", replace(overrides.tolerance, of_change=None)),
    }
    for name, own in overrides.fields.items():
        texts |= _said(name, own)
    texts |= {f"credit.{verdict}": _text(share) for verdict, share in overrides.credit.items()}
    return texts | {f"points.{name}": _text(points) for name, points in overrides.points.items()}


def read_proposal(typed: FormInput, assignment: CourseAssignment, exercise: Exercise) -> Proposal:
    """Return the proposal in a form; errors are recorded in it."""
    policy, overrides = _policy(typed, assignment.policy), _overrides(typed, exercise)
    reason = typed.text("reason", LONGEST_REASON)
    with_revision = bool(typed.form.get("with_revision"))
    return Proposal(assignment.id, overrides, policy, with_revision, reason)


def _overrides(typed: FormInput, exercise: Exercise) -> Overrides:
    try:
        overrides = Overrides.from_json(_raw(typed.form, exercise))
        check(exercise, overrides)
    except UnusableOverrides as unusable:
        typed.problems |= {_input(one, exercise): one.said.in_language(reading_language()) for one in unusable.problems}
        return NO_OVERRIDES
    return overrides


def _raw(form: Mapping[str, str], exercise: Exercise) -> dict[str, Any]:
    """Return the form in the shape of stored overrides; invalid numbers stay text."""
    tolerance = _leeway(form, "all")
    if form.get("all.of_change", "").strip():
        tolerance["of_change"] = _number(form["all.of_change"])
    tolerance["fields"] = {name: own for name in exercise.asked if (own := _leeway(form, name))}
    return {
        "tolerance": tolerance,
        "credit": {verdict: _number(typed) for verdict, typed in _typed(form, "credit", map(str, EARNS))},
        "points": {name: _points(typed) for name, typed in _typed(form, "points", exercise.field_names)},
    }


def _leeway(form: Mapping[str, str], place: str) -> dict[str, Any]:
    way, value = form.get(f"way.{place}", ""), form.get(f"value.{place}", "")
    return {way: READERS.get(way, _number)(value)} if way else {}


def _typed(form: Mapping[str, str], group: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a group with text."""
    for name in names:
        typed = form.get(f"{group}.{name}", "")
        if typed.strip():
            yield name, typed


def _number(typed: str) -> float | str:
    """Parse a number, including a percentage; anything else stays text."""
    try:
        found = read_number(typed)
    except Unreadable:
        return typed
    return typed if found is None else found.value


def _digits(typed: str) -> float | str:
    value = _number(typed)
    return int(value) if isinstance(value, float) and value.is_integer() else typed


def _points(typed: str) -> float | str:
    value = number_of(typed)
    return typed if value is None or math.isnan(value) else value


READERS: Mapping[str, Callable[[str], float | str]] = MappingProxyType(
    {ToleranceKind.DIGITS: _digits, ToleranceKind.ABSOLUTE: _points}
)
"""Parsers of a tolerance by its kind; by default a share."""


def _input(problem: OverrideProblem, exercise: Exercise) -> str:
    """Return the input that a problem belongs to."""
    match problem.place.split("."):
        case ["tolerance", "fields", name, *_rest]:
            return f"value.{name}"
        case ["tolerance", "of_change"]:
            return "all.of_change"
        case ["tolerance", *_rest]:
            return "value.all"
        case ["points"]:
            return f"points.{exercise.field_names[0]}"
        case _:
            return problem.place


def _policy(typed: FormInput, now: Policy) -> Policy:
    per_day, cap = typed.percent("late_percent"), typed.percent("late_cap")
    late = Late(
        now.late.per_day if per_day is None else per_day / PERCENT,
        now.late.cap if cap is None else cap / PERCENT,
        now.late.days,
    )
    same_late = abs(late.per_day - now.late.per_day) < 1e-12 and abs(late.cap - now.late.cap) < 1e-12  # noqa: PLR2004 - rounding of percentages
    return replace(
        now,
        counting=typed.choice("counting", Counting, now.counting),
        attempts=typed.whole("attempts", 1, MOST_ATTEMPTS),
        late=now.late if same_late else late,
        points=typed.number("worth", 0, MOST_POINTS),
    )


def _tolerance_in_words(exercise: Exercise, name: str) -> str | None:
    if name not in exercise.asked:
        return None
    tolerance = exercise.asked[name].tolerance
    width = decimal(exercise.told(name)[1])
    share = decimal(f"{tolerance.relative * PERCENT:.4g}")
    if tolerance.of_change:
        return _("%(percent)s %% of the change: ± %(width)s", percent=share, width=width)
    if tolerance.relative == 0:
        return f"± {width}"
    return _("%(percent)s %% of the value: ± %(width)s", percent=share, width=width)


def _is_update(exercise: Exercise, name: str) -> bool:
    return name in exercise.asked and exercise.before(name) is not None


def _said(place: str, own: ToleranceOverride) -> dict[str, str]:
    for way, value in own.to_json().items() if own != NO_OVERRIDE else ():
        return {f"way.{place}": way, f"value.{place}": _text(value)}
    return {}


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"
