import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.analytics.distribution import MOST_BINS, histogram, spread

MOST = st.floats(0.01, 1e6)


def test_nothing_has_no_quartiles() -> None:
    assert spread([]) is None


@given(st.lists(st.floats(0, 100), min_size=1))
def test_a_quarter_of_the_values_lies_beyond_each_quartile(values: list[float]) -> None:
    found = spread(values)
    assert found is not None
    assert min(values) <= found.low <= found.median <= found.high <= max(values)
    assert sum(value < found.low for value in values) <= len(values) / 4 + 1
    assert sum(value > found.high for value in values) <= len(values) / 4 + 1


@given(MOST, st.lists(st.floats(0, 1), max_size=50))
def test_every_mark_is_in_one_bin(of: float, shares: list[float]) -> None:
    marks = [share * of for share in shares]
    bins = histogram(marks, of)
    assert sum(one.count for one in bins) == len(marks)
    assert len(bins) <= MOST_BINS + 1
    for one in bins[1:-1]:
        assert one.count == pytest.approx(sum(one.start <= mark < one.end for mark in marks), abs=2)


def test_full_marks_stand_in_a_bin_of_their_own() -> None:
    bins = histogram([0, 19.4, 19.6, 20], 20)
    assert [one.value for one in bins] == list(range(21))
    assert (bins[0].count, bins[19].count, bins[20].count) == (1, 1, 2)


@given(st.integers(1, 200))
def test_bins_touch_each_other(of: int) -> None:
    bins = histogram([], of)
    assert all(one.end == pytest.approx(other.start) for one, other in itertools.pairwise(bins))
    assert bins[-1].end > of
