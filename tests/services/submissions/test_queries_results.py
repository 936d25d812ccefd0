from datetime import timedelta

import pytest

from grader.catalog.load import Catalog
from grader.judging.answers import Entry
from grader.judging.report import Score
from grader.services import pagination
from grader.services.errors import UnreadableCursor
from grader.services.grading.drain import drain
from grader.services.pagination import Page
from grader.services.submissions.queries import OVERLAP, Result, changed_since
from grader.store import grading_queue
from grader.store.database import Sessions
from grader.store.grading_queue import Fault
from tests.fixtures.course import Clock, Send

HALF = {"v3": Entry("2"), "y3": Entry("1"), "v4": Entry("9")}


def test_the_best_of_all_that_was_graded_counts(sessions: Sessions, send: Send, catalog: Catalog, clock: Clock) -> None:
    send(answers=HALF)
    (best, _), _ = send(2), send(answers=HALF)
    drain(sessions, catalog, clock)
    graded_at = clock()
    send()
    (result,) = _all(sessions)
    assert result == Result("an@example.org", "step-network-forward", Score(6, 6), 4, best, graded_at)


def test_what_could_not_be_judged_is_neither_an_attempt_nor_a_zero(
    sessions: Sessions, send: Send, catalog: Catalog, clock: Clock
) -> None:
    (judged,), _ = send(who="an"), send(who="binh")
    drain(sessions, catalog, clock)
    (broken,) = send(who="an")
    with sessions.begin() as session:
        grading_queue.add_failure(session, broken, Fault(3, "a fault of ours", clock()))
    (an, binh) = _all(sessions)
    assert (an.attempts, an.submission_id, binh.attempts) == (1, judged, 1)


def test_results_come_in_the_order_in_which_they_changed(
    sessions: Sessions, send: Send, catalog: Catalog, clock: Clock
) -> None:
    for who in ("an", "binh", "chi", "an"):
        send(who=who)
        drain(sessions, catalog, clock)
    assert [result.learner_ref for result in _all(sessions)] == ["binh", "chi", "an"]


def test_pages_give_each_result_once(sessions: Sessions, send: Send, catalog: Catalog, clock: Clock) -> None:
    for number in range(5):
        send(who=f"s{number}")
    drain(sessions, catalog, clock)
    seen, place = [], None
    with sessions() as session:
        for size in (2, 2, 1):
            page = changed_since(session, None, place, limit=2)
            assert len(page.items) == size
            seen += [item.learner_ref for item in page.items]
            place = page.next
    assert place is None
    assert sorted(seen) == [f"s{number}" for number in range(5)]


def test_what_was_committed_late_is_not_missed(sessions: Sessions, send: Send, catalog: Catalog, clock: Clock) -> None:
    """The grading carries a time before the newest that was seen, and was not there to be seen then."""
    began = clock()
    send(who="an")
    clock.advance(60)
    seen = clock()
    drain(sessions, catalog, lambda: began)
    assert [result.learner_ref for result in _since(sessions, seen - began).items] == ["an"]
    assert _since(sessions, OVERLAP + timedelta(seconds=1)).items == ()


def test_a_client_gets_its_own_learners_results(
    sessions: Sessions, send: Send, catalog: Catalog, clock: Clock, web: int
) -> None:
    send()
    drain(sessions, catalog, clock)
    with sessions() as session:
        assert len(changed_since(session, None, client_id=web).items) == 1
        assert changed_since(session, None, client_id=web + 1).items == ()


@pytest.mark.parametrize(
    "foreign",
    [
        "x",
        *(
            pagination.encode_cursor(Clock().now, *keys)
            for keys in [("an id",), (2**63, "a"), (1, "\0"), (1, "\ud800")]
        ),
    ],
)
def test_a_cursor_of_another_list_is_refused(sessions: Sessions, foreign: str) -> None:
    with sessions() as session, pytest.raises(UnreadableCursor):
        changed_since(session, None, foreign)


def _all(sessions: Sessions) -> tuple[Result, ...]:
    with sessions() as session:
        return changed_since(session, None).items


def _since(sessions: Sessions, after_noon: timedelta) -> Page[Result]:
    with sessions() as session:
        return changed_since(session, Clock().now + after_noon)
