"""Who may submit what: the rules that hold for pages, tokens and processes of our own alike."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, func, select

from grader.catalog.load import Catalog, LoadedExercise
from grader.judging.answers import Entry
from grader.judging.errors import UnreadableAnswers
from grader.judging.policy import Policy
from grader.services.accounts.authentication import Principal, SignedIn
from grader.services.errors import (
    AssignmentClosed,
    ForeignLearner,
    NoAttemptsLeft,
    OtherExercise,
    SeedRefused,
    SetAsAssignment,
    UnknownAssignment,
)
from grader.services.submissions.drafts import at_assignment, at_exercise, find_draft, save_draft
from grader.services.submissions.queries import submission_detail
from grader.services.submissions.submit import Actor, OnBehalf, SubmissionContext, Submit, Submitted, submit
from grader.services.submissions.variants import values_of_seed
from grader.store.database import Sessions
from grader.store.submission_tables import Blob, Learner, Submission
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock
from tests.fixtures.varied import right_with

Send = Callable[..., Submitted]
SLUG = "step-network-forward"
COUNTED = Policy(attempts=2)


@pytest.fixture
def send(sessions: Sessions, catalog: Catalog, varied_catalog: Catalog, right: dict[str, Entry], clock: Clock) -> Send:
    """Submit as this user, with the correct answers unless others are given."""
    both = Catalog({**catalog.published, **varied_catalog.published})

    def as_(actor: Actor, entries: dict[str, Entry] = right, **asked: Any) -> Submitted:
        return submit(SubmissionContext(sessions, both, "a secret", clock()), actor, Submit(entries=entries, **asked))

    return as_


@pytest.fixture
def sara(classroom: Classroom) -> SignedIn:
    """A student of the course, on our pages."""
    return classroom.students[0]


@pytest.fixture
def own_token(classroom: Classroom, sara: SignedIn) -> Principal:
    """The same student's own token."""
    return Principal(1, classroom.web, sara.id, sara.email, frozenset())


@pytest.fixture
def web_token(classroom: Classroom) -> Principal:
    """Return the client of our own pages, which belongs to no user."""
    return Principal(2, classroom.web, None, None, frozenset())


def test_neither_page_nor_own_token_is_a_way_round_an_assignment(
    send: Send, assign: Assign, sara: SignedIn, own_token: Principal
) -> None:
    assign(policy=COUNTED)
    for actor in (sara, own_token):
        with pytest.raises(SetAsAssignment):
            send(actor, slug=SLUG)


def test_a_token_of_a_client_lets_its_learners_practise_what_a_course_is_set(
    send: Send, assign: Assign, web_token: Principal, sara: SignedIn
) -> None:
    assign(policy=COUNTED)
    assert not send(web_token, slug=SLUG, learner_ref=sara.email).repeated


def test_only_students_of_the_course_answer_its_assignments(
    send: Send, assign: Assign, classroom: Classroom, web_token: Principal
) -> None:
    assignment_id = assign()
    for actor in (classroom.stranger, classroom.instructor, classroom.assistant):
        with pytest.raises(UnknownAssignment):
            send(actor, assignment_id=assignment_id)
    with pytest.raises(UnknownAssignment):
        send(web_token, assignment_id=assignment_id, learner_ref=classroom.stranger.email)


def test_attempts_are_counted_together_whether_they_come_from_the_page_or_by_a_token(
    send: Send, assign: Assign, sara: SignedIn, own_token: Principal, web_token: Principal
) -> None:
    assignment_id = assign(policy=COUNTED)
    send(sara, assignment_id=assignment_id)
    send(own_token, assignment_id=assignment_id, slug=SLUG)
    with pytest.raises(NoAttemptsLeft):
        send(web_token, assignment_id=assignment_id, learner_ref=sara.email.upper())


def test_an_assignment_of_another_exercise_is_refused(send: Send, assign: Assign, own_token: Principal) -> None:
    with pytest.raises(OtherExercise) as refused:
        send(own_token, assignment_id=assign("and-gate"), slug=SLUG)
    assert refused.value.detail == "This assignment asks and-gate."


def test_an_own_token_sends_nothing_for_others(send: Send, own_token: Principal) -> None:
    with pytest.raises(ForeignLearner):
        send(own_token, slug=SLUG, learner_ref="sven@example.org")


def test_who_has_own_values_cannot_choose_others(
    send: Send, varied: LoadedExercise, sara: SignedIn, own_token: Principal
) -> None:
    for actor in (sara, own_token):
        with pytest.raises(SeedRefused):
            send(actor, slug=varied.slug, seed=7)


def test_a_token_of_a_client_chooses_values_by_their_seed(
    send: Send, varied: LoadedExercise, web_token: Principal, sessions: Sessions
) -> None:
    chosen = values_of_seed(varied, 7)
    assert chosen is not None
    answers = right_with(varied, chosen.givens)
    sent = send(web_token, slug=varied.slug, seed=7, learner_ref="someone@example.org", entries=answers)
    with sessions() as session:
        assert submission_detail(session, sent.id).givens == dict(chosen.givens)


def test_a_process_of_our_own_says_which_values_hold(
    send: Send, varied: LoadedExercise, classroom: Classroom, sessions: Sessions
) -> None:
    sent = send(OnBehalf(classroom.learner()), slug=varied.slug, entries=right_with(varied, None))
    with sessions() as session:
        assert submission_detail(session, sent.id).givens is None


def test_what_is_sent_is_no_draft_any_more_and_what_is_refused_stays_one(
    send: Send, assign: Assign, sessions: Sessions, sara: SignedIn, clock: Clock
) -> None:
    assignment_id = assign(policy=Policy(attempts=1))
    place, elsewhere = at_assignment(sara.id, assignment_id), at_exercise(sara.id, "and-gate")
    for key in (place, elsewhere):
        save_draft(sessions, key, {"v3": "1"}, clock())
    with pytest.raises(UnreadableAnswers):
        send(sara, assignment_id=assignment_id, entries={"v3": Entry("one")})
    with sessions() as session:
        assert find_draft(session, place) is not None
    send(sara, assignment_id=assignment_id)
    with sessions() as session:
        assert find_draft(session, place) is None
        assert find_draft(session, elsewhere) is not None
    save_draft(sessions, place, {"v3": "2"}, clock())
    with pytest.raises(NoAttemptsLeft):
        send(sara, assignment_id=assignment_id)
    with sessions() as session:
        assert find_draft(session, place) is not None


def test_an_attempt_that_is_refused_leaves_nothing_behind(
    send: Send, assign: Assign, sessions: Sessions, sara: SignedIn, clock: Clock
) -> None:
    """Neither a learner nor a file: all is one transaction."""
    assignment_id = assign(due_at=clock() - timedelta(days=1))
    with pytest.raises(AssignmentClosed):
        send(sara, assignment_id=assignment_id, contents={"a" * 64: b"a file"})
    with sessions() as session:
        for table in (Submission, Learner, Blob):
            assert session.scalars(select(func.count()).select_from(table)).one() == 0


def test_a_submission_takes_one_transaction(
    send: Send, assign: Assign, varied: LoadedExercise, sessions: Sessions, sara: SignedIn
) -> None:
    """With the draw of a student's values and the end of the draft; a bound on the statements shows one too many."""
    assignment_id = assign()
    with _noted(sessions) as seen:
        send(sara, slug=varied.slug, entries={})
        assert (seen["begin"], seen["before_cursor_execute"] <= 13) == (1, True)
        seen.clear()
        send(sara, assignment_id=assignment_id)
        assert (seen["begin"], seen["before_cursor_execute"] <= 12) == (1, True)


@contextmanager
def _noted(sessions: Sessions) -> Iterator[Counter[str]]:
    """Count transactions and statements."""
    engine, seen = sessions.kw["bind"], Counter[str]()
    notes = [(name, partial(_note, seen, name)) for name in ("begin", "before_cursor_execute")]
    for name, note in notes:
        event.listen(engine, name, note)
    try:
        yield seen
    finally:
        for name, note in notes:
            event.remove(engine, name, note)


def _note(seen: Counter[str], name: str, *_: object) -> None:
    seen[name] += 1
