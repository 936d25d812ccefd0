from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grader.catalog.load import Catalog
from grader.judging.answers import Entry, read_answers
from grader.judging.judge import judge
from grader.judging.policy import EVERYTHING, Late, Policy, ReportVisibility, Shown, Terms, redact_report, visibility
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from tests.web.pages.conftest import sample

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def report(catalog: Catalog) -> Report:
    exercise = catalog.find("backprop-2-2-2").exercise
    answers = sample("backprop-2-2-2", "mistaken/stale-weights")
    return judge(exercise, [read_answers(exercise, {name: Entry(text) for name, text in answers.items()})])[0]


def test_what_is_all_shown_stays_as_it_is(report: Report) -> None:
    assert redact_report(report, EVERYTHING) is report
    assert redact_report(None, EVERYTHING) is None


def test_without_marks_nothing_of_a_report_is_shown(report: Report) -> None:
    assert redact_report(report, ReportVisibility(marks=False)) is None


def test_without_mistakes_verdicts_and_points_stay_and_reasons_go(report: Report) -> None:
    mistaken = [name for name, field in report.fields.items() if field.verdict is Verdict.MISTAKEN]
    follows = [name for name, field in report.fields.items() if field.expected_from]
    assert mistaken
    assert follows
    told = redact_report(report, ReportVisibility(mistakes=False))
    assert told
    assert (told.score, told.first_wrong) == (report.score, report.first_wrong)
    assert {told.fields[name].verdict for name in mistaken} == {Verdict.WRONG}
    assert {told.fields[name].verdict for name in follows} == {Verdict.FOLLOWS}
    assert not any(field.mistake or field.expected_from for field in told.fields.values())
    assert report.fields[mistaken[0]].mistake, "the report itself is left alone"


def test_the_word_of_a_mistake_is_nowhere_in_what_is_told(report: Report) -> None:
    told = redact_report(report, ReportVisibility(mistakes=False))
    assert told
    assert "stale" in str(report.to_json())
    assert "stale" not in str(told.to_json())


@pytest.mark.parametrize(
    ("shown", "used", "hours", "seen"),
    [
        (Shown.AT_ONCE, 0, 0, True),
        (Shown.AFTER_LAST, 1, 0, False),
        (Shown.AFTER_LAST, 2, 0, True),
        (Shown.AFTER_LAST, 1, 49, True),
        (Shown.AFTER_DUE, 2, 25, False),
        (Shown.AFTER_DUE, 1, 49, True),
        (Shown.NEVER, 2, 1000, False),
    ],
)
def test_the_policy_says_when_each_is_shown(shown: Shown, used: int, hours: int, *, seen: bool) -> None:
    policy = Policy(attempts=2, late=Late(days=1), marks=shown, mistakes=shown, solution=shown)
    terms = Terms(policy, due_at=NOW + timedelta(hours=24))
    now = NOW + timedelta(hours=hours)
    assert visibility(terms, used, now) == ReportVisibility(seen, seen, seen)
    only_marks = replace(terms, policy=replace(policy, mistakes=Shown.NEVER, solution=Shown.AT_ONCE))
    assert visibility(only_marks, used, now) == ReportVisibility(seen, mistakes=False, solution=True)
