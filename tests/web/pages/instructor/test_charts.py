from importlib.resources import files

import pytest

from grader.catalog.load import Catalog
from grader.judging.verdict import Verdict
from grader.web.pages.instructor.charts import verdict_bars


def test_the_pieces_of_a_bar_fill_it_in_the_order_of_the_verdicts(catalog: Catalog) -> None:
    counted = {"v3": {Verdict.MISSING: 1, Verdict.CORRECT: 2, Verdict.FOLLOWS: 1}}
    (bar,) = verdict_bars(catalog.find("step-network-forward").exercise, counted)
    assert [(piece.verdict, piece.start, piece.width) for piece in bar.pieces] == [
        ("correct", 0, 50),
        ("follows", 50, 25),
        ("missing", 75, 25),
    ]
    assert bar.words == "2 correct, 1 follows, 1 blank"
    assert bar.counts == (2, 1, 0, 0, 0, 0, 1)


def test_full_marks_count_what_follows_too(catalog: Catalog) -> None:
    counted = {"v3": {Verdict.CORRECT: 1, Verdict.FOLLOWS: 1, Verdict.IMPRECISE: 1, Verdict.WRONG: 1}}
    (bar,) = verdict_bars(catalog.find("step-network-forward").exercise, counted)
    assert bar.full == 50


def test_thirds_leave_no_gap(catalog: Catalog) -> None:
    counted = {"v3": {Verdict.CORRECT: 1, Verdict.WRONG: 1, Verdict.MISSING: 1}}
    (bar,) = verdict_bars(catalog.find("step-network-forward").exercise, counted)
    assert bar.pieces[-1].start + bar.pieces[-1].width == pytest.approx(100, abs=0.02)


def test_fields_that_the_exercise_no_longer_asks_have_no_bar(catalog: Catalog) -> None:
    assert verdict_bars(catalog.find("step-network-forward").exercise, {"gone": {Verdict.CORRECT: 1}}) == ()


def test_every_verdict_has_a_colour_in_bars() -> None:
    styles = (files("grader.web") / "styles/verdicts.css").read_text(encoding="utf-8")
    assert [verdict for verdict in Verdict if f"rect.{verdict} {{ fill: var(--" not in styles] == []
