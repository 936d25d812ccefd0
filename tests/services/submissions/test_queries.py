from uuid import uuid4

import pytest

from grader.catalog.load import Catalog
from grader.services.accounts.authentication import Principal, SignedIn
from grader.services.errors import UnknownSubmission, UnreadableCursor
from grader.services.grading.drain import drain
from grader.services.pagination import encode_cursor
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.queries import Status, history, is_pending, submission_detail
from grader.services.submissions.visibility import may_see_submission, may_submit_for
from grader.store.database import Sessions
from grader.vocabulary import Role, SubmissionFilter
from tests.fixtures.course import Clock, Send


def test_what_was_never_sent_is_unknown(sessions: Sessions) -> None:
    with sessions() as session, pytest.raises(UnknownSubmission):
        submission_detail(session, uuid4())


def test_the_history_has_the_newest_first_page_by_page(sessions: Sessions, send: Send) -> None:
    sent = send(5)
    seen, before = [], None
    with sessions() as session:
        for size in (2, 2, 1):
            page = history(session, SubmissionFilter(), limit=2, before=before)
            assert len(page.items) == size
            seen += [item.id for item in page.items]
            before = page.next
    assert before is None
    assert seen == sent[::-1]


def test_a_history_is_of_whom_and_what_was_asked_for(sessions: Sessions, send: Send, web: int) -> None:
    an, binh = send(2, who="an"), send(1, who="binh")
    with sessions() as session:
        assert {item.id for item in history(session, SubmissionFilter(client_id=web, learner_ref="an")).items} == set(
            an
        )
        assert [item.id for item in history(session, SubmissionFilter(learner_ref="binh")).items] == binh
        assert history(session, SubmissionFilter(client_id=web + 1)).items == ()
        assert history(session, SubmissionFilter(user_id=1)).items == ()
        assert history(session, SubmissionFilter(slug="and-gate")).items == ()


def test_a_summary_says_how_it_ended(sessions: Sessions, send: Send, catalog: Catalog, clock: Clock) -> None:
    send()
    drain(sessions, catalog, clock)
    send()
    with sessions() as session:
        newer, older = history(session, SubmissionFilter()).items
    assert (newer.status, newer.score, newer.graded_at) == (Status.PENDING, None, None)
    assert older.status is Status.GRADED
    assert older.score is not None
    assert older.score.given == older.score.max


def test_a_submission_is_pending_until_it_is_graded(
    sessions: Sessions, send: Send, catalog: Catalog, clock: Clock
) -> None:
    (sent,) = send()
    with sessions() as session:
        assert is_pending(session, sent)
    drain(sessions, catalog, clock)
    with sessions() as session:
        assert not is_pending(session, sent)


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "bnVsbA", "WzEsMl0", "WyIyMDI2LTAxLTAxIiwgImFiIl0", "W10", "W1tb" * 20_000]
)
def test_a_cursor_from_elsewhere_is_refused(sessions: Sessions, cursor: str) -> None:
    with sessions() as session, pytest.raises(UnreadableCursor):
        history(session, SubmissionFilter(), before=cursor)


@pytest.mark.parametrize("key", ["no id", "\0", "\ud800"])
def test_a_cursor_that_names_no_submission_is_refused(sessions: Sessions, clock: Clock, key: str) -> None:
    with sessions() as session, pytest.raises(UnreadableCursor):
        history(session, SubmissionFilter(), before=encode_cursor(clock.now, key))


def test_who_may_see_a_submission(sessions: Sessions, send: Send, web: int) -> None:
    (sent,) = send(who="an")
    with sessions() as session:
        shown = submission_detail(session, sent)
    lms = Principal(1, web, None, None, frozenset({"read"}))
    assert may_see_submission(lms, shown)
    assert not may_see_submission(Principal(1, web + 1, None, None, frozenset({"read"})), shown)
    assert not may_see_submission(Principal(1, web, 7, "an", frozenset({"read"})), shown)
    assert may_see_submission(SignedIn(7, "t@example.org", "T", Role.INSTRUCTOR), shown)
    assert not may_see_submission(SignedIn(7, "an", "An", Role.STUDENT), shown)


def test_for_whom_a_token_may_send_answers() -> None:
    lms, own = Principal(1, 1, None, None, frozenset()), Principal(2, 1, 7, "an", frozenset())
    assert may_submit_for(lms, LearnerKey(1, "anybody"))
    assert not may_submit_for(lms, LearnerKey(2, "anybody"))
    assert may_submit_for(own, LearnerKey(1, "an", 7))
    assert not may_submit_for(own, LearnerKey(1, "binh", 7))
