"""Every recorded mistake, sent to the lecture's 2-2-2 exercise as a full set of answers and in part."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.engine.mistakes import MistakeRewrite, pair_ways, single_ways
from grader.judging.answers import Entry, read_answers
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from tests.exercises.figures import BACKPROP, exercise, lost, verdicts
from tests.judging.made import reference
from tests.judging.test_properties import done_with, named

pytestmark = pytest.mark.long

ONE = exercise(BACKPROP)
WAYS = single_ways(ONE.network, ONE.graph)
IDS = [f"{k}-{way.id}" for k, way in enumerate(WAYS)]
END = (*(f"w{k}_new" for k in range(1, 9)), "E_total_new")


def texts(way: MistakeRewrite, digits: int, names: tuple[str, ...] = ONE.field_names) -> dict[str, str]:
    values = done_with(ONE, way)
    return {name: f"{values[name]:.{digits}g}" for name in names}


def found_in(sent: dict[str, str], *, exact: bool = False) -> Report:
    return judge(ONE, [read_answers(ONE, {name: Entry(text, exact=exact) for name, text in sent.items()})])[0]


@pytest.mark.parametrize("way", WAYS, ids=IDS)
def test_the_command_names_every_mistake_in_json(way: MistakeRewrite, tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(texts(way, 9)), encoding="utf-8")
    result = CliRunner().invoke(main, ("grade", BACKPROP, str(file), "--json"))
    fields = json.loads(result.output)["fields"].values()
    ids = [name for one in fields if one["mistake"] for name in (one["mistake"]["id"], *one["mistake"]["alternatives"])]
    assert way.id in ids
    assert {one["verdict"] for one in fields} <= {"correct", "follows", "mistaken"}


@pytest.mark.parametrize("digits", [5, 6, 12])
@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("way", WAYS, ids=IDS)
def test_every_mistake_is_named_whatever_the_digits(way: MistakeRewrite, digits: int, exact: bool) -> None:
    found = found_in(texts(way, digits), exact=exact)
    assert way.id in named(found)


@pytest.mark.parametrize("digits", [6, 9, 12])
@pytest.mark.parametrize("way", WAYS, ids=IDS)
def test_a_mistake_is_named_from_its_end_figures_alone(way: MistakeRewrite, digits: int) -> None:
    found = found_in(texts(way, digits, END))
    changed = [n for n in END if abs(done_with(ONE, way)[n] - reference(ONE)[n]) > float(ONE.width(n))]
    assert way.id in named(found) or not changed or (digits == 6 and lost(found) == ["E_total_new"]), lost(found)


def test_two_mistakes_at_once_are_never_left_unexplained() -> None:
    pairs = pair_ways(ONE.network, ONE.graph)
    batch = [
        read_answers(ONE, {n: Entry(f"{v:.10g}") for n, v in done_with(ONE, w).items() if np.isfinite(v)})
        for w in pairs
    ]
    left = {
        way.id: [name for name, word in verdicts(found).items() if word is Verdict.WRONG]
        for way, found in zip(pairs, judge(ONE, batch), strict=True)
    }
    assert {mistake: names for mistake, names in left.items() if names} == {}


@pytest.mark.parametrize(("one", "other"), list(combinations(("net_h1", "out_h2", "E_o1", "w3_new", "w7_new"), 2)))
def test_two_swapped_fields_are_named(one: str, other: str) -> None:
    right = reference(ONE)
    sent = {name: f"{value:.9g}" for name, value in {**right, one: right[other], other: right[one]}.items()}
    found = found_in(sent)
    told = [found.fields[name].mistake for name in (one, other)]
    assert [mistake.id for mistake in told if mistake] == ["fields-swapped", "fields-swapped"]


def test_a_half_left_out_may_be_left_out_of_the_last_error_or_not() -> None:
    way = next(way for way in WAYS if way.id == "half-missing")
    for last in ("0.283618982", "0.567237964"):
        found = found_in(texts(way, 9) | {"E_total_new": last})
        assert "half-missing" in named(found)
        assert Verdict.WRONG not in verdicts(found).values()
