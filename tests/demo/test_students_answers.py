import numpy as np
import pytest

from grader.catalog.load import Catalog
from grader.demo.students import WayOfWorking, can_imagine, imagine
from grader.engine.mistakes import single_ways
from grader.judging.answers import read_answers
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.verdict import Verdict

pytestmark = pytest.mark.long


def report_of(catalog: Catalog, work: WayOfWorking, habit: int = 0, seed: int = 1) -> Report:
    exercise = catalog.find("backprop-2-2-2").exercise
    answers = imagine(exercise, work, habit, np.random.default_rng(seed))
    return judge(exercise, [read_answers(exercise, answers)])[0]


def verdicts(report: Report) -> set[Verdict]:
    return {field.verdict for field in report.fields.values()}


@pytest.mark.parametrize("seed", range(5))
def test_right_is_right(catalog: Catalog, seed: int) -> None:
    assert verdicts(report_of(catalog, WayOfWorking.RIGHT, seed=seed)) == {Verdict.CORRECT}


@pytest.mark.parametrize("seed", range(5))
def test_a_slip_is_one_wrong_value_and_the_rest_follows(catalog: Catalog, seed: int) -> None:
    report = report_of(catalog, WayOfWorking.SLIP, seed=seed)
    wrong = [name for name, field in report.fields.items() if field.verdict in {Verdict.WRONG, Verdict.MISTAKEN}]
    assert wrong[0] == report.first_wrong
    assert Verdict.FOLLOWS in verdicts(report)


def test_each_habit_is_a_mistake_that_is_recognised(catalog: Catalog) -> None:
    exercise = catalog.find("backprop-2-2-2").exercise
    ways = single_ways(exercise.network, exercise.graph)
    named = [report_of(catalog, WayOfWorking.MISTAKE, habit).mistakes for habit in range(len(ways))]
    assert all(named)


def test_rough_work_has_too_few_digits(catalog: Catalog) -> None:
    assert Verdict.IMPRECISE in verdicts(report_of(catalog, WayOfWorking.ROUGH))


def test_unfinished_work_ends_with_blanks(catalog: Catalog) -> None:
    assert verdicts(report_of(catalog, WayOfWorking.UNFINISHED)) == {Verdict.CORRECT, Verdict.MISSING}


def test_guesses_are_wrong_without_a_reason(catalog: Catalog) -> None:
    assert Verdict.WRONG in verdicts(report_of(catalog, WayOfWorking.GUESS))


def test_weights_and_files_are_not_imagined(catalog: Catalog) -> None:
    assert {published.slug for published in catalog if can_imagine(published.exercise)} == {
        "activations",
        "and-gate-training",
        "backprop-2-2-2",
        "step-network-forward",
    }
