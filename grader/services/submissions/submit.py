"""Submitting: whether an attempt is allowed, and storing it to be graded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.catalog.load import LoadedExercise
from grader.judging.answers import Entries, entries_to_json, problems_at_gate
from grader.judging.errors import GraderError, UnreadableAnswers
from grader.judging.policy import Open, Policy, Terms, is_past, state
from grader.messages.message import Message
from grader.services.assignments.assignments import CourseAssignment, find_assignment, terms_of
from grader.services.errors import (
    AssignmentClosed,
    ClientRefTaken,
    ForeignLearner,
    NoAttemptsLeft,
    NotOpenYet,
    SetAsAssignment,
    UnusableReference,
)
from grader.services.submissions.learners import LearnerKey, as_known, usable_reference
from grader.services.submissions.queries import Status
from grader.services.submissions.variants import LearnerVariant
from grader.store import exercises, submission_queries
from grader.store import submissions as stored_submissions
from grader.store.database import Sessions
from grader.store.submission_tables import Learner
from grader.store.submissions import NewSubmission
from grader.store.tables import Assignment, Course, Enrolment
from grader.vocabulary import CourseRole

REFUSALS: Mapping[Open, tuple[type[GraderError], str]] = MappingProxyType(
    {
        Open.NOT_YET: (NotOpenYet, "{title} is not open yet."),
        Open.CLOSED: (AssignmentClosed, "{title} is closed."),
        Open.NO_ATTEMPTS_LEFT: (NoAttemptsLeft, "All attempts at {title} are used."),
    }
)


def check_attempt_allowed(session: Session, assignment_id: int, learner_id: int, now: datetime) -> None:
    """Make sure that a learner may send an attempt at an assignment now.

    The caller holds the learner's row (`learners.ensure` does) until the attempt is stored: of two who send at once
    one waits, and then finds the other's attempt counted.

    Raises:
        UnknownAssignment: there is none.
        NotOpenYet: it opens later.
        AssignmentClosed: it is over, or the assignment or its course was put away.
        NoAttemptsLeft: all attempts are used.
    """
    assignment = find_assignment(session, assignment_id)
    used = submission_queries.used_attempts(session, assignment_id, learner_id)
    found = Open.CLOSED if assignment.archived else state(_terms(session, assignment, learner_id), used, now)
    if found in REFUSALS:
        kind, sentence = REFUSALS[found]
        raise kind(sentence.format(title=assignment.title))


def _terms(session: Session, assignment: CourseAssignment, learner_id: int) -> Terms:
    """A learner without an account (an LMS's) has no allowances."""
    user_id = session.scalars(select(Learner.user_id).where(Learner.id == learner_id)).one()
    if user_id is None:
        return Terms(assignment.policy, assignment.opens_at, assignment.due_at)
    return terms_of(session, assignment, user_id)


def assignment_for_practice(session: Session, user_id: int, slug: str, now: datetime) -> int | None:
    """Return the assignment at which a student answers an exercise instead of practising it; None where it is not set.

    An assignment that takes any number of attempts, and tells all of each at once, keeps nobody from practising. Of
    several the one that is due next, else the newest. What was put away, alone or with its course, sets nothing.
    """
    found = session.execute(
        select(Assignment.id, Assignment.due_at, Assignment.policy)
        .join(Course, Course.id == Assignment.course_id)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(Enrolment.user_id == user_id, Enrolment.role == CourseRole.STUDENT.value)
        .where(Assignment.slug == slug, Assignment.archived_at.is_(None), Course.archived_at.is_(None))
        .order_by(Assignment.due_at.asc().nulls_last(), Assignment.id)
    )
    rows = [row for row in found if Policy.from_json(row.policy).keeps_back]
    coming = [row.id for row in rows if not is_past(row.due_at, now)]
    return coming[0] if coming else rows[-1].id if rows else None


def check_practice_allowed(session: Session, user_id: int, slug: str, now: datetime) -> None:
    """Make sure that an exercise may be practised.

    Raises:
        SetAsAssignment: the person is set it: who could practise it would know its mistakes before they count.
    """
    if assignment_for_practice(session, user_id, slug, now) is not None:
        raise SetAsAssignment("This exercise is set in a course of yours; answer it at its assignment.")


@dataclass(frozen=True, slots=True)
class SubmitOptions:
    """What a submission may carry besides the answers.

    `id` is for a caller that may come again after a crash (an idempotency key's reservation): the same id is stored
    once. `client_ref` is the client's own name for the submission, and serves the same purpose. `values` are the given
    values that the answers are to be judged by; without them it is the printed ones. `contents` are the files that
    entries refer to, by their SHA-256. `assignment_id` is the assignment that is answered; without one it is practice.
    """

    client_ref: str | None = None
    submitted_by: int | None = None
    values: LearnerVariant | None = None
    id: UUID | None = None
    contents: Mapping[str, bytes] = field(default_factory=dict)
    assignment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A stored submission; `repeated` where the same had been sent before, and nothing was stored now."""

    id: UUID
    status: Status = Status.PENDING
    repeated: bool = False


NO_OPTIONS = SubmitOptions()


def submit(  # noqa: PLR0913 - the sixth may be left out
    sessions: Sessions,
    published: LoadedExercise,
    learner: LearnerKey,
    entries: Entries,
    now: datetime,
    *,
    options: SubmitOptions = NO_OPTIONS,
) -> Submitted:
    """Store a submission that waits to be judged; after the return it is safe, and the caller wakes a worker.

    Raises:
        UnreadableAnswers: fields are unknown or unreadable; all of them are named, and nothing is stored.
        ForeignLearner: the learner is another user's.
        AmbiguousLearner: several learners differ from it in letter case only.
        ClientRefTaken: the id or the client's reference belong to a different submission.
        NotOpenYet: the assignment opens later.
        AssignmentClosed: it is over.
        NoAttemptsLeft: the learner has used all attempts at it.
    """
    problems = problems_at_gate(published.exercise, entries, options.contents)
    if problems:
        raise UnreadableAnswers(problems)
    if options.client_ref is not None and not usable_reference(options.client_ref):
        raise UnusableReference("A client's reference has 1 to 255 visible characters, without spaces around it.")
    new = _new(published, learner, entries, now, options)
    with sessions.begin() as session:
        for sha256, content in options.contents.items():
            stored_submissions.ensure_blob(session, sha256, content, now)
        if new.assignment_id is None and stored_submissions.add_submission(session, new):
            return Submitted(new.id)
        return _add_with_its_kin(session, published, learner, new)


def _new(
    published: LoadedExercise, learner: LearnerKey, entries: Entries, now: datetime, options: SubmitOptions
) -> NewSubmission:
    own = options.values
    return NewSubmission(
        id=options.id or uuid4(),
        client_id=learner.client_id,
        learner_ref=learner.ref,
        user_id=learner.user_id,
        revision=published.revision,
        answers=entries_to_json(entries),
        submitted_at=now,
        client_ref=options.client_ref,
        seed=None if own is None else own.seed,
        givens=None if own is None else own.givens,
        submitted_by=options.submitted_by,
        blob_sha256=next((entry.file for entry in entries.values() if entry.file), None),
        assignment_id=options.assignment_id,
    )


def _add_with_its_kin(
    session: Session, published: LoadedExercise, learner: LearnerKey, new: NewSubmission
) -> Submitted:
    """The slow way, taken once per learner and revision, at assignments, and for what was sent before."""
    learner = as_known(session, learner)
    new = replace(new, learner_ref=learner.ref)
    learner_id, owner = stored_submissions.ensure_learner(session, learner.client_id, learner.ref, learner.user_id)
    if learner.user_id not in {None, owner}:
        raise ForeignLearner(Message("refused.foreign-learner", learner=repr(learner.ref)))
    exercises.ensure_revision(
        session,
        {
            "revision": published.revision,
            "slug": published.slug,
            "title": published.title,
            "source": dict(published.source),
            "created_at": new.submitted_at,
        },
    )
    twin = stored_submissions.find_twin(session, new)
    if twin is None:
        if new.assignment_id is not None:
            check_attempt_allowed(session, new.assignment_id, learner_id, new.submitted_at)
        if stored_submissions.add_submission(session, new):
            return Submitted(new.id)
        twin = stored_submissions.find_twin(session, new)
    if twin is None or not twin.same:
        raise ClientRefTaken("This reference was used for another submission.")
    return Submitted(twin.id, repeated=True)
