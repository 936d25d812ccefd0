import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from grader.analytics.distribution import MOST, timeline

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENTS = st.lists(
    st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),  # noqa: DTZ001 - given its zone here
    min_size=1,
    max_size=30,
)


def test_where_nothing_was_sent_there_is_no_time() -> None:
    assert timeline([], datetime(2026, 3, 1, tzinfo=UTC), HANOI) == ()


@given(MOMENTS)
def test_everything_is_in_one_span(moments: list[datetime]) -> None:
    spans = timeline(moments, max(moments), HANOI)
    assert sum(span.count for span in spans) == len(moments)
    assert len(spans) <= MOST + 1
    for span in spans:
        assert span.count == sum(span.start <= moment < span.end for moment in moments)


@given(MOMENTS)
def test_spans_touch_and_reach_the_end(moments: list[datetime]) -> None:
    end = max(moments) + timedelta(days=3)
    spans = timeline(moments, end, HANOI)
    assert all(one.end == other.start for one, other in itertools.pairwise(spans))
    assert spans[-1].end > end


def test_a_day_begins_where_the_course_is() -> None:
    (first, *_) = timeline([datetime(2026, 3, 1, 18, tzinfo=UTC)], datetime(2026, 3, 9, tzinfo=UTC), HANOI)
    assert first.start == datetime(2026, 3, 2, tzinfo=HANOI)
