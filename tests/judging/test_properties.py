"""What judging promises of any network: right answers are right, one mistake is named, chance never is."""

import random
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from grader.engine.mistakes import MistakeRewrite, single_ways
from grader.judging.answers import Entry, ReadAnswers, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from tests.engine.chance import Make, made, makes
from tests.exercises.figures import lost, verdicts
from tests.judging.made import ask_all, consistent, reference

NAMED_OR_WRONG = {Verdict.WRONG, Verdict.MISTAKEN}
SMALL = ((2, 2, 2), (3, 2, 1), (2, 1), (1, 2, 1), (2, 2, 1, 1), (2, 2, 3))
GENERATED = settings(max_examples=20, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
"""Networks are seeds: there is nothing to shrink, and each run looks at the same ones."""

CHANCES = st.integers(0, 10**6).map(random.Random)
FALSE_ALARMS = 1 / 500
"""Sheets of wrong answers by chance in which a mistake may be seen: one of its values is hit now and then."""


def typed(exercise: Exercise, values: Mapping[str, float], digits: int = 10, *, exact: bool = False) -> ReadAnswers:
    """Finite values as a person types them with some digits."""
    entries = {n: Entry(f"{value:.{digits}g}", exact=exact) for n, value in values.items() if np.isfinite(value)}
    answers = read_answers(exercise, entries)
    assert answers.problems == ()
    return answers


def done_with(exercise: Exercise, way: MistakeRewrite) -> dict[str, float]:
    """Every field as a student gets it who makes a mistake throughout."""
    values = way.graph.evaluate({one.name: np.asarray(one.value) for one in exercise.givens})
    return {name: float(values[name]) for name in exercise.field_names}


def named(report: Report) -> set[str]:
    """Every mistake that a report speaks of."""
    found = [field.mistake for field in report.fields.values() if field.mistake]
    return {mistake_id for mistake in found for mistake_id in (mistake.id, *mistake.alternatives)}


def away(exercise: Exercise, values: Mapping[str, float]) -> set[str]:
    """Return the fields with values outside the tolerance."""
    right = reference(exercise)
    return {n for n, v in values.items() if not abs(v - right[n]) <= float(exercise.width(n))}


def looks_old(exercise: Exercise, values: Mapping[str, float], digits: int) -> set[str]:
    """Return the updated weights that round to the old ones: they look like weights that were not updated."""
    weights = {name: exercise.before(name) for name in values}
    return {
        name
        for name, weight in weights.items()
        if weight and abs(float(f"{values[name]:.{digits}g}") - float(exercise.reference[weight])) < 1e-12
    }


@settings(GENERATED, max_examples=40)
@given(makes())
def test_the_reference_with_twelve_digits_gets_full_score(make: Make) -> None:
    exercise = ask_all(made(make))
    found = judge(exercise, [typed(exercise, reference(exercise), 12)])[0]
    assert set(verdicts(found).values()) == {Verdict.CORRECT}
    assert found.score.given == found.score.max


@settings(GENERATED, max_examples=40)
@given(makes(), st.booleans())
def test_the_reference_with_six_digits_is_never_wrong(make: Make, exact: bool) -> None:
    exercise = ask_all(made(make))
    found = judge(exercise, [typed(exercise, reference(exercise), 6, exact=exact)])[0]
    never = {Verdict.MISTAKEN} if exact else NAMED_OR_WRONG  # what a program sends is never imprecise
    off = {n for n, field in found.fields.items() if field.verdict in never}
    assert off <= looks_old(exercise, reference(exercise), 6)


@settings(GENERATED, max_examples=30)
@given(makes())
def test_any_one_mistake_is_named(make: Make) -> None:
    exercise = ask_all(made(make))
    ways = single_ways(exercise.network, exercise.graph)
    sheets = [done_with(exercise, way) for way in ways]
    for way, values, found in zip(ways, sheets, judge(exercise, [typed(exercise, v) for v in sheets]), strict=True):
        assert way.id in named(found) or not (away(exercise, values) and lost(found)), (way.id, lost(found))
        assert Verdict.WRONG not in verdicts(found).values(), way.id


@settings(GENERATED, max_examples=15)
@given(makes(SMALL), st.sampled_from((5, 6, 8, 12)), st.booleans())
def test_a_mistake_is_named_whatever_the_digits_typed(make: Make, digits: int, exact: bool) -> None:
    """Where some wrong value shows its distance from the right one in four digits; rounding of earlier ones aside."""
    exercise = ask_all(made(make))
    right = reference(exercise)
    ways = single_ways(exercise.network, exercise.graph)
    sheets = [typed(exercise, done_with(exercise, way), digits, exact=exact) for way in ways]
    for way, sheet, found in zip(ways, sheets, judge(exercise, sheets), strict=True):
        off = {name: sheet.numbers[name] for name, field in found.fields.items() if field.verdict in NAMED_OR_WRONG}
        clear = [name for name, one in off.items() if abs(one.value - right[name]) > 4e4 * one.half_unit]
        assert way.id in named(found) or not clear, (way.id, clear)


@settings(GENERATED, max_examples=15)
@given(makes(), CHANCES)
def test_a_mistake_is_named_from_some_of_the_fields_or_nothing_wrong_is_said(make: Make, chance: random.Random) -> None:
    exercise = ask_all(made(make))
    ways = single_ways(exercise.network, exercise.graph)
    sheets = [
        {name: value for name, value in done_with(exercise, way).items() if chance.random() < 0.5} for way in ways
    ]
    for way, values, found in zip(ways, sheets, judge(exercise, [typed(exercise, v) for v in sheets]), strict=True):
        blamed = {n for n, field in found.fields.items() if field.mistake}
        assert blamed <= away(exercise, values)
        assert way.id in named(found) or not blamed, (way.id, named(found))
        assert {n for n, word in verdicts(found).items() if word is Verdict.MISSING} >= exercise.asked.keys() - values


def by_chance(exercise: Exercise, chance: random.Random, kind: str) -> ReadAnswers:
    """Wrong answers of some kind; what the student leaves blank, or gets right, stays so."""
    right = reference(exercise)
    names = list(exercise.field_names)
    match kind:
        case "all":
            values = {name: chance.uniform(-2, 2) for name in names}
        case "scaled":
            values = {name: right[name] * chance.uniform(0.2, 3) for name in names}
        case "one":
            values = {**right, chance.choice(names): chance.uniform(-1, 1)}
        case "few":
            values = right | {n: right[n] * chance.gauss(1, 0.3) for n in chance.sample(names, min(4, len(names)))}
        case _:
            asked = chance.sample(names, 1 + len(names) // 3)
            values = {name: right[name] for name in asked} | {name: chance.uniform(-1, 1) for name in asked[:2]}
    return typed(exercise, values, 6)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["all", "scaled", "one", "few", "some"])
def test_wrong_answers_by_chance_are_no_mistakes(kind: str) -> None:
    chance = random.Random(f"{kind}, seeded")  # noqa: S311 - answers by chance, no secrets
    alarms, sheets = [], 0
    for seed in range(6):
        shape = SMALL[seed % len(SMALL)]
        exercise = ask_all(
            made(Make(shape, "logistic", "tanh", "half-squared", "shared", trains_biases=False, seed=seed))
        )
        batch = [by_chance(exercise, chance, kind) for _ in range(170)]
        alarms += [named(found) for found in judge(exercise, batch) if named(found)]
        sheets += len(batch)
    assert len(alarms) <= FALSE_ALARMS * sheets, alarms


@settings(GENERATED, max_examples=15)
@given(makes(), CHANCES)
def test_a_right_value_beside_wrong_ones_is_never_a_mistake(make: Make, chance: random.Random) -> None:
    exercise = ask_all(made(make))
    right = reference(exercise)
    off = {name: chance.uniform(-2, 2) for name in right if chance.random() < 0.5}
    for digits in (5, 6, 9):
        found = judge(exercise, [typed(exercise, {**right, **off}, digits)])[0]
        blamed = {n for n, field in found.fields.items() if field.mistake and n not in off}
        assert blamed <= looks_old(exercise, right, digits)


@settings(GENERATED, max_examples=15)
@given(makes(), CHANCES)
def test_zeros_that_fill_the_fields_are_no_mistakes(make: Make, chance: random.Random) -> None:
    exercise = ask_all(made(replace(make, hidden="tanh")))
    right = reference(exercise)
    sheet = {name: 0.0 if chance.random() < 0.5 else value for name, value in right.items()}
    assert not named(judge(exercise, [typed(exercise, sheet)])[0])


@settings(GENERATED, max_examples=15)
@given(makes(SMALL), CHANCES)
def test_a_batch_and_each_alone_get_the_same_report(make: Make, chance: random.Random) -> None:
    exercise = ask_all(made(make))
    batch = [typed(exercise, done_with(exercise, way), 9) for way in single_ways(exercise.network, exercise.graph)]
    batch += [by_chance(exercise, chance, kind) for kind in ("all", "one", "few", "some")]
    batch += [typed(exercise, reference(exercise)), typed(exercise, {})]
    chance.shuffle(batch)
    assert judge(exercise, batch) == [judge(exercise, [one])[0] for one in batch]


@settings(GENERATED, max_examples=20)
@given(makes(), CHANCES)
def test_the_order_of_answers_and_of_fields_changes_nothing(make: Make, chance: random.Random) -> None:
    exercise = ask_all(made(make))
    ways = single_ways(exercise.network, exercise.graph)
    values = done_with(exercise, chance.choice(ways)) | {chance.choice(exercise.field_names): 0.123456}
    fields = list(exercise.parts[0].fields)
    chance.shuffle(fields)
    shuffled = replace(exercise, parts=(replace(exercise.parts[0], fields=tuple(fields)),))
    turned = dict(sorted(values.items(), key=lambda _: chance.random()))
    found, other = (judge(one, [typed(one, sent)])[0] for one, sent in ((exercise, values), (shuffled, turned)))
    assert dict(found.fields) == dict(other.fields)
    assert (found.score, found.first_wrong, found.notes) == (other.score, other.first_wrong, other.notes)


@settings(GENERATED, max_examples=20)
@given(makes(), CHANCES)
def test_blanks_never_stop_the_other_fields(make: Make, chance: random.Random) -> None:
    exercise = ask_all(made(make))
    sheet = {name: value for name, value in reference(exercise).items() if chance.random() < 0.4}
    found = verdicts(judge(exercise, [typed(exercise, sheet)])[0])
    assert found == {n: Verdict.CORRECT if n in sheet else Verdict.MISSING for n in exercise.field_names}


@settings(GENERATED, max_examples=40)
@given(makes(), st.data())
def test_an_early_error_of_any_size_costs_exactly_itself(make: Make, data: st.DataObject) -> None:
    """Where nothing is flat and nothing collapses; what then follows is right to all digits."""
    smooth = replace(make, hidden="tanh" if make.hidden in {"relu", "piecewise-linear"} else make.hidden)
    exercise = ask_all(made(smooth))
    name = data.draw(st.sampled_from([name for name in exercise.field_names if not name.endswith("_new")]))
    wrong = float(exercise.reference[name]) * data.draw(st.floats(1.05, 1.6)) + 0.011
    values = consistent(exercise, {name: wrong})
    limits = [abs(values[q.name]) for q in exercise.graph.computed if q.kind.value == "activation"]
    found = judge(exercise, [typed(exercise, values, 12)])[0]
    if max(limits) < 1 and 0 not in values.values():
        assert lost(found) == [name]
        assert found.first_wrong == name
