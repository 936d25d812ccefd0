import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.catalog.load import LoadedExercise
from grader.judging.exercise import Exercise
from grader.judging.variants import draw
from grader.messages.message import Message
from grader.services.accounts.authentication import Principal, SignedIn
from grader.services.errors import ForeignLearner, SeedRefused
from grader.services.submissions.learners import LearnerKey, as_known
from grader.store import exercises, submissions
from grader.store.database import Sessions
from grader.store.exercises import NewVariant

SEED_BITS = 63
"""The range that PostgreSQL's bigint and NumPy's generator both accept."""


@dataclass(frozen=True, slots=True)
class LearnerVariant:
    """All given values of an exercise for one learner.

    Attributes:
        redrawn_at: when they were redrawn because a change of the exercise invalidated the earlier ones.
    """

    seed: int
    givens: Mapping[str, float]
    redrawn_at: datetime | None = None


def variant_for(  # noqa: PLR0913 - the sixth is optional
    sessions: Sessions,
    published: LoadedExercise,
    learner: LearnerKey,
    secret: str,
    now: datetime,
    *,
    assignment_id: int | None = None,
) -> LearnerVariant | None:
    """Do the same as `ensure_variant` in a separate transaction, which is skipped if nothing is drawn."""
    if published.exercise.vary is None:
        return None
    with sessions.begin() as session:
        return ensure_variant(session, published, learner, secret, now, assignment_id=assignment_id)


def ensure_variant(  # noqa: PLR0913 - the sixth is optional
    session: Session,
    published: LoadedExercise,
    learner: LearnerKey,
    secret: str,
    now: datetime,
    *,
    assignment_id: int | None = None,
) -> LearnerVariant | None:
    """Return a learner's given values, drawn and stored on first use; None if nothing is drawn.

    They differ for each assignment, and for practice. Drawn values stay when the exercise is revised; other given
    values are those of the revision. Everything is redrawn only if the revision draws a value that was not given
    before.

    Raises:
        ForeignLearner: the learner belongs to another user.
        AmbiguousLearner: several learners differ from it only in letter case.
        NoVariant: no draw satisfies the exercise's conditions.
    """
    exercise, slug = published.exercise, published.slug
    if exercise.vary is None:
        return None
    row = exercises.find_variant(session, learner.client_id, learner.ref, slug, assignment_id)
    if row is None and (known := as_known(session, learner)) != learner:
        learner, row = known, exercises.find_variant(session, known.client_id, known.ref, slug, assignment_id)
    if row is None or not _fits(row, exercise) or learner.user_id not in {None, row.user_id}:
        seed = seed_of(secret, slug, learner, assignment_id)
        new = NewVariant(slug, published.revision, seed, draw(exercise, seed), now, assignment_id)
        row = _stored(session, exercise, learner, new)
    return LearnerVariant(row.seed, _as_revised(exercise, row.givens), row.redrawn_at)


def check_seed_allowed(who: Principal | SignedIn) -> None:
    """Make sure that a caller may choose given values by seed: only tokens that are not bound to one learner may.

    Raises:
        SeedRefused: the token is bound to a learner.
    """
    if isinstance(who, SignedIn) or who.learner_ref is not None:
        raise SeedRefused("A student's own token cannot choose a seed, because a learner's values are drawn only once.")


def values_of_seed(published: LoadedExercise, seed: int) -> LearnerVariant | None:
    """Return the given values of a chosen seed; None if nothing is drawn."""
    return None if published.exercise.vary is None else LearnerVariant(seed, draw(published.exercise, seed))


def seed_of(secret: str, slug: str, learner: LearnerKey, assignment_id: int | None = None) -> int:
    """Return the seed of a learner at an exercise or assignment, which cannot be computed without the server's secret."""
    place = () if assignment_id is None else (str(assignment_id),)
    named = "\0".join(("variant", slug, str(learner.client_id), learner.ref, *place))  # none of them can contain NUL
    digest = hmac.digest(secret.encode(), named.encode(), "sha256")
    return int.from_bytes(digest[:8]) >> (64 - SEED_BITS)


def _stored(session: Session, exercise: Exercise, learner: LearnerKey, new: NewVariant) -> Row[*tuple[Any, ...]]:
    """Store drawn values and return the stored ones: concurrent callers get the same row."""
    learner_id, owner = submissions.ensure_learner(session, learner.client_id, learner.ref, learner.user_id)
    if learner.user_id not in {None, owner}:
        raise ForeignLearner(Message("refused.foreign-learner", learner=repr(learner.ref)))
    exercises.add_variant(session, learner_id, new)
    row = _found(session, learner, new)
    if not _fits(row, exercise):
        exercises.replace_variant(session, learner_id, new, row.revision)
        row = _found(session, learner, new)
    return row


def _found(session: Session, learner: LearnerKey, new: NewVariant) -> Row[*tuple[Any, ...]]:
    row = exercises.find_variant(session, learner.client_id, learner.ref, new.slug, new.assignment_id)
    if row is None:  # inserted by a concurrent statement
        raise LookupError(f"the values of {learner.ref!r} at {new.slug} are gone")
    return row


def _fits(row: Row[*tuple[Any, ...]], exercise: Exercise) -> bool:
    return exercise.vary is not None and exercise.vary.ranges.keys() <= row.givens.keys()


def _as_revised(exercise: Exercise, stored: Mapping[str, float]) -> dict[str, float]:
    drawn = exercise.vary.ranges.keys() if exercise.vary else set[str]()
    return {given.name: float(stored[given.name]) if given.name in drawn else given.value for given in exercise.givens}
