from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grader.catalog.load import Published
from grader.checking.answers import Entries, entries_to_json, problems_at_gate
from grader.checking.errors import UnreadableAnswers
from grader.sayings.saying import Saying
from grader.services.admit import admit
from grader.services.errors import ClientRefTaken, ForeignLearner, UnusableReference
from grader.services.known_learner import as_known
from grader.services.learner_key import LearnerKey, usable_reference
from grader.services.status import Status
from grader.services.vary import OwnValues
from grader.store import blobs, learners, revisions, submissions
from grader.store.engine import Sessions
from grader.store.submissions import NewSubmission


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
    values: OwnValues | None = None
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
    published: Published,
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
            blobs.ensure(session, sha256, content, now)
        if new.assignment_id is None and submissions.add(session, new):
            return Submitted(new.id)
        return _add_with_its_kin(session, published, learner, new)


def _new(
    published: Published, learner: LearnerKey, entries: Entries, now: datetime, options: SubmitOptions
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


def _add_with_its_kin(session: Session, published: Published, learner: LearnerKey, new: NewSubmission) -> Submitted:
    """The slow way, taken once per learner and revision, at assignments, and for what was sent before."""
    learner = as_known(session, learner)
    new = replace(new, learner_ref=learner.ref)
    learner_id, owner = learners.ensure(session, learner.client_id, learner.ref, learner.user_id)
    if learner.user_id not in {None, owner}:
        raise ForeignLearner(Saying("refused.foreign-learner", learner=repr(learner.ref)))
    revisions.ensure(
        session,
        {
            "revision": published.revision,
            "slug": published.slug,
            "title": published.title,
            "source": dict(published.source),
            "created_at": new.submitted_at,
        },
    )
    twin = submissions.find_twin(session, new)
    if twin is None:
        if new.assignment_id is not None:
            admit(session, new.assignment_id, learner_id, new.submitted_at)
        if submissions.add(session, new):
            return Submitted(new.id)
        twin = submissions.find_twin(session, new)
    if twin is None or not twin.same:
        raise ClientRefTaken("This reference was used for another submission.")
    return Submitted(twin.id, repeated=True)
