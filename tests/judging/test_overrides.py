"""Overrides change what they name, and nothing else; what makes no sense is refused by its place."""

import json
from typing import Any

import pytest

from grader.judging.overrides import NO_OVERRIDES, OverrideReason, Overrides, UnusableOverrides, apply, check
from grader.judging.separation import accepted_mistakes
from grader.judging.tolerance import Tolerance
from grader.judging.verdict import Verdict
from tests.exercises.figures import BACKPROP, exercise
from tests.judging.made import judged, reference

WIDE: dict[str, Any] = {"tolerance": {"relative": 0.01, "fields": {"net_h1": {"absolute": 0.5}}}}


def test_nothing_changes_where_nothing_is_overridden() -> None:
    one = exercise(BACKPROP)
    assert Overrides.from_json({}) == NO_OVERRIDES
    assert Overrides.from_json({"tolerance": {"fields": {"net_h1": {}}}}).key == NO_OVERRIDES.key == ""
    assert apply(one, NO_OVERRIDES) is one


def test_what_is_left_out_stays_as_the_exercise_says() -> None:
    one = exercise(BACKPROP)
    changed = apply(one, Overrides.from_json(WIDE))
    assert changed.asked["net_h1"].tolerance == Tolerance(0.5, 0.01)
    assert changed.asked["out_h1"].tolerance == Tolerance(one.asked["out_h1"].tolerance.absolute, 0.01)
    assert changed.asked["w5_new"].tolerance == one.asked["w5_new"].tolerance
    assert changed.credit == one.credit
    assert changed.max_points == one.max_points


def test_updates_are_told_their_share_of_the_change() -> None:
    changed = apply(exercise(BACKPROP), Overrides.from_json({"tolerance": {"relative": 0.3, "of_change": 0.05}}))
    assert changed.asked["w5_new"].tolerance == Tolerance(0.0, 0.05, of_change=True)
    assert changed.asked["net_h1"].tolerance.relative == 0.3


def test_digits_say_how_many_pass() -> None:
    changed = apply(exercise(BACKPROP), Overrides.from_json({"tolerance": {"fields": {"net_h1": {"digits": 3}}}}))
    assert changed.asked["net_h1"].tolerance.relative == pytest.approx(0.005)


def test_a_wider_tolerance_takes_what_was_imprecise() -> None:
    one = exercise(BACKPROP)
    typed: dict[str, float | str] = {**reference(one), "net_h1": "0.38"}
    assert judged(one, typed).fields["net_h1"].verdict is not Verdict.CORRECT
    wide = apply(one, Overrides.from_json({"tolerance": {"fields": {"net_h1": {"relative": 0.01}}}}))
    assert judged(wide, typed).fields["net_h1"].verdict is Verdict.CORRECT


def test_credit_and_points_change_what_a_verdict_earns() -> None:
    one = exercise(BACKPROP)
    changed = apply(one, Overrides.from_json({"credit": {"imprecise": 1}, "points": {"net_h1": 0}}))
    assert changed.credit[Verdict.IMPRECISE] == 1.0
    assert changed.credit[Verdict.FOLLOWS] == one.credit[Verdict.FOLLOWS]
    assert changed.max_points == pytest.approx(one.max_points - one.asked["net_h1"].points)


def test_the_key_is_the_same_for_the_same_overrides_in_any_order() -> None:
    turned = json.loads('{"tolerance": {"fields": {"net_h1": {"absolute": 0.50}}, "relative": 1e-2}}')
    assert Overrides.from_json(WIDE).key == Overrides.from_json(turned).key
    assert Overrides.from_json(WIDE).key != Overrides.from_json({"tolerance": {"relative": 0.01}}).key
    assert Overrides.from_json(Overrides.from_json(WIDE).to_json()).to_json() == WIDE


@pytest.mark.parametrize(
    ("raw", "place", "reason"),
    [
        ([], "", OverrideReason.NO_TABLE),
        ({"marks": {}}, "marks", OverrideReason.UNKNOWN),
        ({"tolerance": {"relativ": 1}}, "tolerance.relativ", OverrideReason.UNKNOWN),
        ({"tolerance": {"relative": "0.1"}}, "tolerance.relative", OverrideReason.NO_NUMBER),
        ({"tolerance": {"relative": True}}, "tolerance.relative", OverrideReason.NO_NUMBER),
        ({"tolerance": {"relative": float("nan")}}, "tolerance.relative", OverrideReason.NO_NUMBER),
        ({"tolerance": {"relative": 1.0}}, "tolerance.relative", OverrideReason.RANGE),
        ({"tolerance": {"absolute": -1}}, "tolerance.absolute", OverrideReason.RANGE),
        ({"tolerance": {"of_change": 0.25}}, "tolerance.of_change", OverrideReason.RANGE),
        ({"tolerance": {"digits": 2.5}}, "tolerance.digits", OverrideReason.NO_DIGITS),
        ({"tolerance": {"digits": 16}}, "tolerance.digits", OverrideReason.NO_DIGITS),
        ({"tolerance": {"digits": 4, "relative": 0.1}}, "tolerance", OverrideReason.TWO_WAYS),
        (
            {"tolerance": {"fields": {"a": {"of_change": 0.1, "relative": 0.1}}}},
            "tolerance.fields.a",
            OverrideReason.TWO_WAYS,
        ),
        ({"tolerance": {"absolute": 0, "relative": 0}}, "tolerance", OverrideReason.NOTHING_ACCEPTED),
        ({"credit": {"wrong": 1}}, "credit.wrong", OverrideReason.UNKNOWN),
        ({"credit": {"follows": 1.5}}, "credit.follows", OverrideReason.RANGE),
        ({"points": {"net_h1": -1}}, "points.net_h1", OverrideReason.RANGE),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_place(raw: Any, place: str, reason: OverrideReason) -> None:
    with pytest.raises(UnusableOverrides) as refused:
        Overrides.from_json(raw)
    assert [(one.place, one.reason) for one in refused.value.problems] == [(place, reason)]


@pytest.mark.parametrize(
    ("raw", "place", "reason"),
    [
        ({"tolerance": {"fields": {"net_h9": {"relative": 0.1}}}}, "tolerance.fields.net_h9", OverrideReason.NOT_ASKED),
        ({"points": {"net_h9": 1}}, "points.net_h9", OverrideReason.NOT_ASKED),
        (
            {"tolerance": {"fields": {"net_h1": {"of_change": 0.1}}}},
            "tolerance.fields.net_h1.of_change",
            OverrideReason.NO_UPDATE,
        ),
    ],
)
def test_what_does_not_fit_the_exercise_is_refused(raw: Any, place: str, reason: OverrideReason) -> None:
    with pytest.raises(UnusableOverrides) as refused:
        check(exercise(BACKPROP), Overrides.from_json(raw))
    assert [(one.place, one.reason) for one in refused.value.problems] == [(place, reason)]


def test_something_must_be_worth_points() -> None:
    one = exercise(BACKPROP)
    with pytest.raises(UnusableOverrides, match="worth any points"):
        check(one, Overrides(points=dict.fromkeys(one.field_names, 0.0)))


def test_a_tolerance_under_which_a_known_mistake_passes_is_a_danger() -> None:
    one = exercise(BACKPROP)
    assert accepted_mistakes(one) == ()
    wide = apply(one, Overrides.from_json({"tolerance": {"relative": 0.3}}))
    found = accepted_mistakes(wide, [{given.name: given.value for given in one.givens}])
    assert any(danger.passes for danger in found)
    assert [danger.tolerances for danger in found] == sorted(danger.tolerances for danger in found)
