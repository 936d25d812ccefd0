import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.analytics.fields import tally
from grader.catalog.load import Catalog
from grader.judging.exercise import Exercise
from grader.judging.verdict import LETTERS, Verdict

LETTER = st.sampled_from([*LETTERS.values(), " "])
CLASS = st.lists(st.lists(LETTER, min_size=6, max_size=6).map("".join), max_size=30)


@pytest.fixture(scope="module")
def exercise(catalog: Catalog) -> Exercise:
    return catalog.find("step-network-forward").exercise


@given(letters=CLASS)
def test_every_verdict_is_counted_once(exercise: Exercise, letters: list[str]) -> None:
    for place, field in enumerate(tally(exercise, letters)):
        assert sum(field.counts.values()) == sum(one[place] != " " for one in letters)


@given(letters=CLASS)
def test_shares_and_correlations_stay_in_their_bounds(exercise: Exercise, letters: list[str]) -> None:
    for field in tally(exercise, letters):
        assert field.share is None or 0 <= field.share <= 1
        assert field.discrimination is None or -1.0000001 <= field.discrimination <= 1.0000001


def test_a_field_that_the_good_have_right_tells_students_apart(exercise: Exercise) -> None:
    first = tally(exercise, ["cccccc"] * 4 + ["wwwwww"] * 4)[0]
    assert first.share == 0.5
    assert first.discrimination == pytest.approx(1)


def test_a_field_that_only_the_weak_have_right_is_turned_round(exercise: Exercise) -> None:
    first = tally(exercise, ["wccccc"] * 4 + ["cwwwww"] * 4)[0]
    assert first.discrimination == pytest.approx(-1)


def test_it_is_the_correlation_with_the_rest_of_the_score(exercise: Exercise) -> None:
    letters = ["cccwww", "ccwwww", "cccccw", "wcwcwc", "wwwwww", "cwcwcc"]
    right = np.array([[letter == "c" for letter in one] for one in letters], dtype=float)
    points = right * [field.points for field in exercise.fields]
    wanted = np.corrcoef(points[:, 2], points.sum(axis=1) - points[:, 2])[0, 1]
    assert tally(exercise, letters)[2].discrimination == pytest.approx(wanted)


def test_what_all_have_right_tells_nothing(exercise: Exercise) -> None:
    assert tally(exercise, ["cccccc"] * 6)[0].discrimination is None


def test_a_handful_of_students_tell_nothing(exercise: Exercise) -> None:
    assert tally(exercise, ["cccccc", "wwwwww"])[0].discrimination is None


def test_credit_counts_as_the_exercise_gives_it(exercise: Exercise) -> None:
    assert tally(exercise, ["iiiiii", "cccccc"])[0].share == 0.75
    assert tally(exercise, [])[0].share is None
    assert tally(exercise, ["cccccc"])[0].counts[Verdict.CORRECT] == 1
