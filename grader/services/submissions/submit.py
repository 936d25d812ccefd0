"""Submitting: permissions, whether an attempt is allowed, and storing a submission to be graded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grader.catalog.load import Catalog, LoadedExercise
from grader.judging.answers import Entries, entries_to_json, problems_at_gate
from grader.judging.errors import GraderError, UnreadableAnswers
from grader.judging.policy import Open, Policy, Terms, is_past, state
from grader.messages.message import Message
from grader.services.accounts.authentication import Principal, SignedIn
from grader.services.assignments.assignments import CourseAssignment, find_assignment, reached, student_at, terms_of
from grader.services.errors import (
    AssignmentClosed,
    ClientRefTaken,
    ForeignLearner,
    NoAttemptsLeft,
    NotOpenYet,
    OtherExercise,
    SetAsAssignment,
    UnusableReference,
)
from grader.services.grading.context import ensure_revision
from grader.services.submissions.drafts import at_assignment, at_exercise, delete_draft
from grader.services.submissions.learners import LearnerKey, as_known, learner_of, usable_reference
from grader.services.submissions.queries import Status
from grader.services.submissions.variants import LearnerVariant, check_seed_allowed, ensure_variant, values_of_seed
from grader.services.submissions.visibility import may_submit_for
from grader.store import assignments, submission_queries
from grader.store import submissions as stored_submissions
from grader.store.database import Sessions, autocommit
from grader.store.submissions import NewSubmission

REFUSALS: Mapping[Open, tuple[type[GraderError], str]] = MappingProxyType(
    {
        Open.NOT_YET: (NotOpenYet, "{title} is not open yet."),
        Open.CLOSED: (AssignmentClosed, "{title} is closed."),
        Open.NO_ATTEMPTS_LEFT: (NoAttemptsLeft, "All attempts at {title} are used."),
    }
)


def check_attempt_allowed(
    session: Session, assignment: CourseAssignment, learner_id: int, user_id: int | None, now: datetime
) -> None:
    """Make sure that a learner may submit an attempt now; learners without an account have no extensions.

    The caller holds the learner's row (`ensure_learner` does) until the attempt is stored: of two concurrent requests,
    one waits and then finds the other's attempt counted.

    Raises:
        NotOpenYet: the assignment opens later.
        AssignmentClosed: it is over, or the assignment or its course is archived.
        NoAttemptsLeft: all attempts are used.
    """
    used = submission_queries.used_attempts(session, assignment.id, learner_id)
    if user_id is None:
        terms = Terms(assignment.policy, assignment.opens_at, assignment.due_at)
    else:
        terms = terms_of(session, assignment, user_id)
    found = Open.CLOSED if assignment.archived else state(terms, used, now)
    if found in REFUSALS:
        kind, sentence = REFUSALS[found]
        raise kind(sentence.format(title=assignment.title))


def assignment_for_practice(session: Session, user_id: int, slug: str, now: datetime) -> int | None:
    """Return the assignment at which a student has to answer an exercise instead of practising it, or None.

    An assignment with unlimited attempts that shows everything immediately does not prevent practice. Of several,
    return the one due next, otherwise the newest. Archived assignments and courses are ignored.
    """
    found = assignments.assignments_of_exercise(session, user_id, slug)
    rows = [row for row in found if Policy.from_json(row.policy).keeps_back]
    coming = [row.id for row in rows if not is_past(row.due_at, now)]
    return coming[0] if coming else rows[-1].id if rows else None


def check_practice_allowed(session: Session, user_id: int, slug: str, now: datetime) -> None:
    """Make sure that an exercise may be practised.

    Raises:
        SetAsAssignment: it is set to the person, and practice would reveal mistakes before they count.
    """
    if assignment_for_practice(session, user_id, slug, now) is not None:
        raise SetAsAssignment("This exercise is part of one of your courses. Answer it in its assignment.")


@dataclass(frozen=True, slots=True)
class SubmissionContext:
    """The dependencies of one submission: `secret` seeds given values, `now` is its time."""

    sessions: Sessions
    catalog: Catalog
    secret: str
    now: datetime


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """A process of our own that submits for a learner: anywhere, and with given values of its choice.

    Attributes:
        learner: the learner of the submission.
        variant: the given values by which it is judged; None for the printed ones.
    """

    learner: LearnerKey
    variant: LearnerVariant | None = None


Actor = SignedIn | Principal | OnBehalf
"""Who submits: a person on our pages, a bearer token, or a process of our own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """A submission as requested by a caller: practice of an exercise, or an attempt at an assignment.

    Attributes:
        entries: raw answers by field.
        slug: the exercise; optional with an assignment.
        assignment_id: the assignment; None for practice.
        learner_ref: the learner for whom a token submits; people submit for themselves.
        contents: the files that entries refer to, by SHA-256.
        client_ref: the client's own name for the submission; repeated requests store it once.
        seed: selects the given values, for callers who may choose.
        id: for callers that may retry after a crash (the id of an idempotency key's reservation); stored once, too.
    """

    entries: Entries
    slug: str | None = None
    assignment_id: int | None = None
    learner_ref: str | None = None
    contents: Mapping[str, bytes] = field(default_factory=dict)
    client_ref: str | None = None
    seed: int | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A stored submission; `repeated` if it had been stored before and nothing was stored now."""

    id: UUID
    status: Status = Status.PENDING
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Target:
    """What is answered, and by whom; practice if there is no assignment."""

    published: LoadedExercise
    learner: LearnerKey
    assignment: CourseAssignment | None

    @property
    def assignment_id(self) -> int | None:
        return None if self.assignment is None else self.assignment.id


def submit(context: SubmissionContext, actor: Actor, command: Submit) -> Submitted:
    """Store a submission to be graded, in one transaction; the caller notifies a worker afterwards.

    The person's draft is deleted in the same transaction. If anything is raised, nothing is stored.

    Raises:
        UnknownExercise: there is no exercise with this slug.
        UnknownAssignment: it does not exist for the actor, or the learner is not a student of its course.
        OtherExercise: the assignment has a different exercise than the command names.
        SetAsAssignment: a student tries to practise an exercise that is set in an assignment.
        SeedRefused: the actor may not choose given values.
        UnreadableAnswers: fields are unknown or unreadable; names all of them.
        UnusableReference: the learner's or the client's reference cannot be stored.
        ForeignLearner: the learner belongs to another user, or not to the token.
        AmbiguousLearner: several learners differ from the reference only in letter case.
        ClientRefTaken: the id or the client's reference belongs to a different submission.
        NotOpenYet: the assignment opens later.
        AssignmentClosed: it is over.
        NoAttemptsLeft: the learner has used all attempts.
    """
    if _needs_one_statement(context, actor, command):  # then a transaction would cost two more round trips
        with autocommit(context.sessions) as session:
            _, new = _prepare(session, context, actor, command)
            if stored_submissions.add_submission(session, new):
                return Submitted(new.id)
    with context.sessions.begin() as session:
        target, new = _prepare(session, context, actor, command)
        for sha256, content in command.contents.items():
            stored_submissions.ensure_blob(session, sha256, content, context.now)
        submitted = _insert_or_find_twin(session, target, new)
        if isinstance(actor, SignedIn):
            _delete_draft(session, actor, target)
    return submitted


def submit_many(context: SubmissionContext, actor: Actor, commands: Sequence[Submit]) -> list[Submitted | GraderError]:
    """Store several submissions, each as if it came alone: a refused one is returned as its error.

    Those that only need to be stored are stored by one statement.
    """
    outcomes: dict[int, Submitted | GraderError] = {}
    plain: dict[int, NewSubmission] = {}
    with autocommit(context.sessions) as session:
        for k, command in enumerate(commands):
            try:
                if _needs_one_statement(context, actor, command):
                    plain[k] = _prepare(session, context, actor, command)[1]
            except GraderError as refused:
                outcomes[k] = refused
        stored = stored_submissions.add_submissions(session, list(plain.values()))
    outcomes |= {k: Submitted(new.id) for k, new in plain.items() if new.id in stored}
    for k, command in enumerate(commands):
        if k not in outcomes:
            outcomes[k] = _submitted_or_refused(context, actor, command)
    return [outcomes[k] for k in range(len(commands))]


def _submitted_or_refused(context: SubmissionContext, actor: Actor, command: Submit) -> Submitted | GraderError:
    try:
        return submit(context, actor, command)
    except GraderError as refused:
        return refused


def _needs_one_statement(context: SubmissionContext, actor: Actor, command: Submit) -> bool:
    """Whether all that is done for a submission is to store it, unless its learner or its twin is to be looked for.

    So it is for practice that a client's token submits, without a file, to an exercise whose given values are printed.
    """
    is_practice_of_a_client = isinstance(actor, Principal) and actor.user_id is None and command.assignment_id is None
    is_plain = command.seed is None and not command.contents and command.slug is not None
    return is_practice_of_a_client and is_plain and context.catalog.find(command.slug or "").exercise.vary is None


def _prepare(
    session: Session, context: SubmissionContext, actor: Actor, command: Submit
) -> tuple[_Target, NewSubmission]:
    """Check everything that can be checked before anything is stored, and return what is to be stored."""
    target = _resolve_target(session, context.catalog, actor, command, context.now)
    _check_readable(target.published, command)
    variant = actor.variant if isinstance(actor, OnBehalf) else _variant(session, context, target, command)
    return target, _new(actor, target, variant, command, context.now)


def _resolve_target(session: Session, catalog: Catalog, actor: Actor, command: Submit, now: datetime) -> _Target:
    """Find what is answered and by whom, and make sure that the actor may submit it."""
    assignment = _assignment(session, actor, command)
    published = catalog.find(command.slug or (assignment.slug if assignment else ""))
    learner = _learner(session, actor, command)
    if isinstance(actor, OnBehalf):
        return _Target(published, learner, assignment)
    if assignment is not None:  # attempts are counted by account, whatever the token calls the learner
        user_id, email = student_at(session, assignment, learner.ref)
        learner = replace(learner, ref=email, user_id=user_id)
    elif (practising := _user_of(actor)) is not None:  # a student's own token is no way round an assignment either
        check_practice_allowed(session, practising, published.slug, now)
    if command.seed is not None:
        check_seed_allowed(actor)
    return _Target(published, learner, assignment)


def _assignment(session: Session, actor: Actor, command: Submit) -> CourseAssignment | None:
    if command.assignment_id is None:
        return None
    if isinstance(actor, Principal):
        assignment = reached(session, actor, command.assignment_id)
    else:
        assignment = find_assignment(session, command.assignment_id)
    if command.slug not in {None, assignment.slug}:
        raise OtherExercise(assignment.slug)
    return assignment


def _learner(session: Session, actor: Actor, command: Submit) -> LearnerKey:
    match actor:
        case OnBehalf():
            return actor.learner
        case SignedIn():
            return learner_of(session, actor)
        case Principal():
            ref = command.learner_ref or actor.learner_ref or ""
            learner = LearnerKey(actor.client_id, ref, actor.user_id if actor.learner_ref else None)
            if not may_submit_for(actor, learner):
                raise ForeignLearner("This token is limited to its own learner.")
            return learner


def _user_of(actor: Actor) -> int | None:
    match actor:
        case OnBehalf():
            return actor.learner.user_id
        case SignedIn():
            return actor.id
        case Principal():
            return actor.user_id


def _check_readable(published: LoadedExercise, command: Submit) -> None:
    problems = problems_at_gate(published.exercise, command.entries, command.contents)
    if problems:
        raise UnreadableAnswers(problems)
    if command.client_ref is not None and not usable_reference(command.client_ref):
        raise UnusableReference(
            "A client reference must have 1 to 255 visible characters and no spaces at the start or end."
        )


def _variant(session: Session, context: SubmissionContext, target: _Target, command: Submit) -> LearnerVariant | None:
    """Return the chosen given values, or the learner's own, drawn now if necessary; None for the printed ones."""
    if command.seed is not None:
        return values_of_seed(target.published, command.seed)
    if target.assignment is not None and not target.assignment.policy.variants:
        return None
    return ensure_variant(
        session, target.published, target.learner, context.secret, context.now, assignment_id=target.assignment_id
    )


def _new(
    actor: Actor, target: _Target, variant: LearnerVariant | None, command: Submit, now: datetime
) -> NewSubmission:
    return NewSubmission(
        id=command.id or uuid4(),
        client_id=target.learner.client_id,
        learner_ref=target.learner.ref,
        user_id=target.learner.user_id,
        revision=target.published.revision,
        answers=entries_to_json(command.entries),
        submitted_at=now,
        client_ref=command.client_ref,
        seed=None if variant is None else variant.seed,
        givens=None if variant is None else variant.givens,
        submitted_by=_user_of(actor),
        blob_sha256=next((entry.file for entry in command.entries.values() if entry.file), None),
        assignment_id=target.assignment_id,
    )


def _insert_or_find_twin(session: Session, target: _Target, new: NewSubmission) -> Submitted:
    """Insert practice with a single statement, if learner and revision are known and there is no conflict."""
    if target.assignment is None and stored_submissions.add_submission(session, new):
        return Submitted(new.id)
    return _insert_with_parents(session, target, new)


def _insert_with_parents(session: Session, target: _Target, new: NewSubmission) -> Submitted:
    """Take the slow path: once per learner and revision, for assignments, and for repeated submissions."""
    published, learner = target.published, as_known(session, target.learner)
    new = replace(new, learner_ref=learner.ref)
    learner_id, owner = stored_submissions.ensure_learner(session, learner.client_id, learner.ref, learner.user_id)
    if learner.user_id not in {None, owner}:
        raise ForeignLearner(Message("refused.foreign-learner", learner=repr(learner.ref)))
    ensure_revision(session, published, new.submitted_at)
    twin = stored_submissions.find_twin(session, new)
    if twin is None:
        if target.assignment is not None:
            check_attempt_allowed(session, target.assignment, learner_id, owner, new.submitted_at)
        if stored_submissions.add_submission(session, new):
            return Submitted(new.id)
        twin = stored_submissions.find_twin(session, new)
    if twin is None or not twin.same:
        raise ClientRefTaken("This reference was already used for another submission.")
    return Submitted(twin.id, repeated=True)


def _delete_draft(session: Session, who: SignedIn, target: _Target) -> None:
    assignment = target.assignment
    delete_draft(
        session,
        at_exercise(who.id, target.published.slug) if assignment is None else at_assignment(who.id, assignment.id),
    )
