"""What judging owes to everybody: whatever is typed is judged, nothing right is lost, knowing nothing earns nothing.

`make fairness` takes the same measures of more networks and more sheets.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from grader.catalog.load import exercise_folders, load_folder
from grader.judging.answers import ReadAnswers
from grader.judging.exercise import Exercise
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from tests.fairness.honest import HonestSheet, carried, honest_sheets
from tests.fairness.hostile import hostile_sheets
from tests.fairness.judged import kept_old, points_beyond, read_sheet, report_alone, reports_together, right_by_value
from tests.fairness.networks import foreign_network, foreign_networks
from tests.fairness.right import right_sheets
from tests.fairness.strategies import STRATEGIES, allowed

pytestmark = pytest.mark.property

FOLDERS = {folder.name: folder for folder in exercise_folders(Path(__file__).parents[2] / "exercises")}
NETWORKS = tuple(exercise.slug for exercise in foreign_networks(20))
SOME = (*FOLDERS, *NETWORKS[:6])
WITH_BIAS = ("backprop-2-2-2", "foreign-11", "foreign-14", "foreign-16", "foreign-22", "foreign-46", "foreign-48")
SHEETS = 25
MEANT = 2
"""Significant digits of an answer that says enough to earn anything where it is not right by value."""


@lru_cache(maxsize=64)
def exercise_of(slug: str) -> Exercise:
    exercise = load_folder(FOLDERS[slug]).exercise if slug in FOLDERS else foreign_network(int(slug.split("-")[1]))
    assert exercise is not None
    return exercise


@dataclass(frozen=True)
class Judged:
    exercise: Exercise
    answers: Sequence[ReadAnswers]
    alone: Sequence[Report | Exception]


@lru_cache(maxsize=64)
def hostile(slug: str) -> Judged:
    exercise = exercise_of(slug)
    answers = [read_sheet(exercise, texts) for texts in hostile_sheets(exercise, SHEETS)]
    return Judged(exercise, answers, [report_alone(exercise, one) for one in answers])


@pytest.mark.parametrize("slug", SOME)
def test_whatever_is_typed_is_judged(slug: str) -> None:
    assert [report for report in hostile(slug).alone if isinstance(report, Exception)] == []


@pytest.mark.parametrize("slug", SOME)
def test_a_batch_gives_each_sheet_the_report_that_it_gets_alone(slug: str) -> None:
    found = hostile(slug)
    together = reports_together(found.exercise, found.answers)
    differing = [
        k for k, (one, other) in enumerate(zip(found.alone, together, strict=True)) if repr(one) != repr(other)
    ]
    assert differing == []


@pytest.mark.parametrize("slug", SOME)
def test_a_right_value_is_correct_in_every_sheet(slug: str) -> None:
    found = hostile(slug)
    for answers, report in zip(found.answers, found.alone, strict=True):
        assert not isinstance(report, Exception)
        right = right_by_value(found.exercise, answers)
        assert {name: report.fields[name].verdict for name in right} == dict.fromkeys(right, Verdict.CORRECT)


@pytest.mark.parametrize("slug", [*FOLDERS, *NETWORKS])
def test_knowing_nothing_earns_nothing(slug: str) -> None:
    """At most the larger of 15 % and one field, beyond what is right by value."""
    exercise = exercise_of(slug)
    chances = {name: random.Random(f"{slug}, {name}") for name in STRATEGIES}  # noqa: S311 - sheets by chance, no secrets
    sheets = [read_sheet(exercise, strategy(exercise, chances[name])) for name, strategy in STRATEGIES.items()]
    gains = {}
    for name, answers, report in zip(STRATEGIES, sheets, reports_together(exercise, sheets), strict=True):
        assert not isinstance(report, Exception), name
        gains[name] = points_beyond(exercise, answers, report)
    assert {name: gain for name, gain in gains.items() if gain > allowed(exercise) + 1e-9} == {}


def test_there_are_22_strategies_and_the_constants_of_one_digit_are_among_them() -> None:
    assert len(STRATEGIES) == 22
    assert {"0", "0.1", "0.5", "1", "1e-300", "1e300"} <= set(STRATEGIES)


@pytest.mark.parametrize("slug", [slug for slug in FOLDERS if exercise_of(slug).asked] + list(NETWORKS))
def test_right_answers_get_points_and_are_never_called_a_mistake(slug: str) -> None:
    """Of four digits and more, rounded or cut off, also where each step goes on from what was written."""
    exercise = exercise_of(slug)
    sheets = list(right_sheets(exercise))
    reports = reports_together(exercise, [read_sheet(exercise, texts) for _, _, texts in sheets])
    for (form, digits, texts), report in zip(sheets, reports, strict=True):
        assert not isinstance(report, Exception)
        answers = read_sheet(exercise, texts)
        meant = {name for name, number in answers.numbers.items() if number.digits >= MEANT}
        meant -= kept_old(exercise, answers)
        assert {n for n in meant if report.fields[n].verdict is Verdict.MISTAKEN} == set(), (form, digits)
        assert {n: texts[n] for n in meant if report.fields[n].given == 0} == {}, (form, digits)


@lru_cache(maxsize=1)
def carried_on(slug: str) -> Sequence[HonestSheet]:
    return tuple(carried(exercise_of(slug)))


@pytest.mark.parametrize("procedure", ["threshold-subtracted", "bias-forgotten", "products-forgotten"])
@pytest.mark.parametrize("slug", WITH_BIAS)
def test_a_net_summed_otherwise_costs_what_it_was_done_in_and_nothing_after(slug: str, procedure: str) -> None:
    """Also where it gives a whole layer one and the same net, or outputs that make all after them 0."""
    exercise = exercise_of(slug)
    sheets = [sheet for sheet in carried_on(slug) if sheet.kind.startswith(procedure)]
    whole = [sheet for sheet in sheets if not sheet.kind.endswith("half blank") or "everywhere" in sheet.kind]
    assert whole
    assert refused_as_not_computed(exercise, whole) == {}


@pytest.mark.parametrize(
    "key",
    [
        "foreign-80/logistic-for-tanh/4 d",
        "foreign-80/logistic-for-tanh/12 d",
        "foreign-14/threshold-subtracted/",
        "and-gate-training/1 x factor of ten/",
        "foreign-7/change-for-weight/",
        "foreign-40/change-for-weight/4 decimals/",
        "foreign-32/slope-taken-for-delta/",
        "foreign-14/error-without-square/",
        "foreign-13/3 x factor of ten/12 d",
    ],
)
def test_equal_and_short_values_carry_on_a_sheet_that_was_worked_on(key: str) -> None:
    """The same value before and after the step or in several nodes, changes of 0 for weights, slopes of 1 for deltas."""
    exercise = exercise_of(key.partition("/")[0])
    sheets = [sheet for sheet in honest_sheets(exercise) if sheet.key.startswith(key)]
    assert sheets
    assert refused_as_not_computed(exercise, sheets) == {}


def refused_as_not_computed(exercise: Exercise, sheets: Sequence[HonestSheet]) -> dict[str, list[str]]:
    reports = reports_together(exercise, [read_sheet(exercise, sheet.texts) for sheet in sheets])
    refused = {}
    for sheet, report in zip(sheets, reports, strict=True):
        assert not isinstance(report, Exception)
        refused[sheet.key] = [n for n, field in report.fields.items() if "were not computed" in (field.note or "")]
    return {key: names for key, names in refused.items() if names}


@pytest.mark.parametrize("slug", [slug for slug in FOLDERS if exercise_of(slug).asked] + list(NETWORKS))
def test_twelve_digits_lose_nothing(slug: str) -> None:
    exercise = exercise_of(slug)
    sheets = [texts for form, digits, texts in right_sheets(exercise) if digits == 12 and form in {"rounded", "chain"}]
    for report in reports_together(exercise, [read_sheet(exercise, texts) for texts in sheets]):
        assert not isinstance(report, Exception)
        assert report.score.given == report.score.max
