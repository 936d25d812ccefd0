from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from grader.catalog.load import Catalog, LoadedExercise
from grader.judging.answers import Entry
from grader.judging.errors import UnreadableAnswers
from grader.services.accounts.registration import Person, register
from grader.services.errors import ClientRefTaken, ForeignLearner, UnusableReference
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.queries import Status, submission_detail
from grader.store.database import Sessions
from grader.store.submission_tables import Learner, Submission, Waiting
from grader.store.tables import Revision
from tests.fixtures.course import Clock, Send
from tests.fixtures.submitting import submit_for

Answers = dict[str, Entry]


def test_what_was_typed_is_kept_and_waits(
    sessions: Sessions, published: LoadedExercise, learner: LearnerKey, clock: Clock
) -> None:
    typed = {"v3": Entry(" 1,0 "), "y3": Entry("1", exact=True), "v4": Entry("")}
    sent = submit_for(sessions, published, learner, typed, clock())
    with sessions() as session:
        shown = submission_detail(session, sent.id)
        assert session.scalars(select(Waiting.submission_id)).all() == [sent.id]
    assert (shown.status, shown.report, shown.submitted_at) == (Status.PENDING, None, clock())
    assert shown.entries == typed
    assert (shown.learner_ref, shown.client_id, shown.title) == (learner.ref, learner.client_id, published.title)


def test_every_problem_is_named_and_nothing_is_stored(
    sessions: Sessions, published: LoadedExercise, learner: LearnerKey, clock: Clock
) -> None:
    typed = {"v3": Entry("one"), "y3": Entry("1"), "v4": Entry("NaN"), "w\x00": Entry("\x00")}
    with pytest.raises(UnreadableAnswers) as refused:
        submit_for(sessions, published, learner, typed, clock())
    assert [problem.field for problem in refused.value.problems] == ["v3", "v4", "w\x00"]
    assert _count(sessions, Submission) == _count(sessions, Learner) == 0


def test_an_exercise_is_stored_once_with_what_it_is_built_from(
    sessions: Sessions, published: LoadedExercise, send: Send
) -> None:
    send(3)
    with sessions() as session:
        row = session.scalars(select(Revision)).one()
    assert (row.revision, row.slug, row.source) == (published.revision, published.slug, dict(published.source))


def test_the_first_submissions_of_a_class_may_come_at_once(
    sessions: Sessions, published: LoadedExercise, right: Answers, web: int, clock: Clock
) -> None:
    def send(number: int) -> None:
        submit_for(sessions, published, LearnerKey(web, f"s{number % 3}@example.org"), right, clock())

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(send, range(24)))
    assert (_count(sessions, Submission), _count(sessions, Waiting), _count(sessions, Learner)) == (24, 24, 3)


def test_the_same_sent_again_under_the_clients_reference_is_the_same_submission(
    sessions: Sessions, published: LoadedExercise, right: Answers, learner: LearnerKey, clock: Clock
) -> None:
    first = submit_for(sessions, published, learner, right, clock(), client_ref="essay 1")
    again = submit_for(sessions, published, learner, right, clock.advance(60), client_ref="essay 1")
    assert (again.id, first.repeated, again.repeated) == (first.id, False, True)
    assert _count(sessions, Submission) == 1


def test_another_submission_under_the_same_reference_is_refused(
    sessions: Sessions, published: LoadedExercise, right: Answers, learner: LearnerKey, clock: Clock
) -> None:
    submit_for(sessions, published, learner, right, clock(), client_ref="essay 1")
    with pytest.raises(ClientRefTaken):
        submit_for(sessions, published, learner, {**right, "v3": Entry("7")}, clock(), client_ref="essay 1")


def test_a_reference_is_the_learners_own(
    sessions: Sessions, published: LoadedExercise, right: Answers, learner: LearnerKey, clock: Clock
) -> None:
    binh = replace(learner, ref="binh")
    sent = [
        submit_for(sessions, published, who, right, clock(), client_ref="essay 1")
        for who in (learner, binh, learner, binh)
    ]
    assert [one.repeated for one in sent] == [False, False, True, True]
    assert (sent[0].id, sent[1].id) == (sent[2].id, sent[3].id)
    with pytest.raises(ClientRefTaken):
        submit_for(sessions, published, binh, {**right, "v3": Entry("7")}, clock(), client_ref="essay 1")


def test_of_many_who_send_the_same_at_once_one_is_stored(
    sessions: Sessions, published: LoadedExercise, right: Answers, learner: LearnerKey, clock: Clock
) -> None:
    with ThreadPoolExecutor(6) as pool:
        sent = list(
            pool.map(
                lambda _: submit_for(sessions, published, learner, right, clock(), client_ref="essay 1"), range(12)
            )
        )
    assert len({one.id for one in sent}) == 1
    assert [one.repeated for one in sent].count(False) == 1


def test_the_same_sent_again_after_the_exercise_was_revised_is_the_same_submission(
    sessions: Sessions, published: LoadedExercise, right: Answers, learner: LearnerKey, clock: Clock
) -> None:
    first = submit_for(sessions, published, learner, right, clock(), client_ref="essay 1")
    again = submit_for(sessions, replace(published, revision="f" * 64), learner, right, clock(), client_ref="essay 1")
    assert first.id == again.id


def test_a_reference_that_was_used_for_another_exercise_is_refused(
    sessions: Sessions, catalog: Catalog, published: LoadedExercise, learner: LearnerKey, clock: Clock
) -> None:
    submit_for(sessions, published, learner, {}, clock(), client_ref="essay 1")
    with pytest.raises(ClientRefTaken):
        submit_for(sessions, catalog.find("and-gate"), learner, {}, clock(), client_ref="essay 1")


def test_what_comes_twice_under_one_id_is_stored_once(
    sessions: Sessions, published: LoadedExercise, right: Answers, learner: LearnerKey, clock: Clock
) -> None:
    wanted = uuid4()
    first = submit_for(sessions, published, learner, right, clock(), id=wanted)
    again = submit_for(sessions, published, learner, right, clock(), id=wanted)
    assert first.id == again.id == wanted
    assert _count(sessions, Submission) == 1


def test_another_users_learner_is_refused(
    sessions: Sessions, published: LoadedExercise, right: Answers, web: int, clock: Clock
) -> None:
    an, binh = (register(sessions, Person(f"{name}@example.org", name), clock()) for name in ("an", "binh"))
    submit_for(sessions, published, LearnerKey(web, "an@example.org", an), right, clock())
    with pytest.raises(ForeignLearner):
        submit_for(sessions, published, LearnerKey(web, "an@example.org", binh), right, clock())
    assert _count(sessions, Submission) == 1


def test_a_learner_gets_a_user_when_one_is_known(
    sessions: Sessions, published: LoadedExercise, right: Answers, learner: LearnerKey, clock: Clock
) -> None:
    first = submit_for(sessions, published, learner, right, clock())
    an = register(sessions, Person(learner.ref, "An"), clock())
    submit_for(sessions, published, replace(learner, user_id=an), right, clock())
    with sessions() as session:
        assert submission_detail(session, first.id).user_id == an


@pytest.mark.parametrize("ref", ["", " an", "a\nb", "a\x00b", "\ud800", "x" * 256])
def test_a_reference_that_nobody_can_see_or_keep_is_refused(ref: str) -> None:
    with pytest.raises(UnusableReference):
        LearnerKey(1, ref)


def test_a_clients_reference_that_nobody_can_keep_is_refused(
    sessions: Sessions, published: LoadedExercise, right: Answers, learner: LearnerKey, clock: Clock
) -> None:
    with pytest.raises(UnusableReference):
        submit_for(sessions, published, learner, right, clock(), client_ref="\x00")


def _count(sessions: Sessions, what: type) -> int:
    with sessions() as session:
        return session.scalars(select(func.count()).select_from(what)).one()
