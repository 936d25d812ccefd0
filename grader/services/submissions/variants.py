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
"""What PostgreSQL's bigint and NumPy's generator both take."""


@dataclass(frozen=True, slots=True)
class LearnerVariant:
    """All given values of an exercise as one learner has them.

    Attributes:
        redrawn_at: when they were drawn anew, where the exercise was changed so that the former ones no longer fit.
    """

    seed: int
    givens: Mapping[str, float]
    redrawn_at: datetime | None = None


def variant_for(  # noqa: PLR0913 - the sixth may be left out
    sessions: Sessions,
    published: LoadedExercise,
    learner: LearnerKey,
    secret: str,
    now: datetime,
    *,
    assignment_id: int | None = None,
) -> LearnerVariant | None:
    """Do what `ensure_variant` does in a transaction of its own, which is not begun where nothing is drawn."""
    if published.exercise.vary is None:
        return None
    with sessions.begin() as session:
        return ensure_variant(session, published, learner, secret, now, assignment_id=assignment_id)


def ensure_variant(  # noqa: PLR0913 - the sixth may be left out
    session: Session,
    published: LoadedExercise,
    learner: LearnerKey,
    secret: str,
    now: datetime,
    *,
    assignment_id: int | None = None,
) -> LearnerVariant | None:
    """Return a learner's given values, drawn and stored when they are first wanted; None where nothing is drawn.

    At each assignment a learner has others, and others again for practice.

    What was drawn stays, also when the exercise is revised; other given values are the revision's. Only where one that
    the revision draws was not given before is all drawn anew.

    Raises:
        ForeignLearner: the learner is another user's.
        AmbiguousLearner: several learners differ from it in letter case only.
        NoVariant: the exercise's conditions leave nothing to draw.
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
    """Make sure that somebody may choose given values by their seed: a token that is not bound to one learner.

    Raises:
        SeedRefused: a learner answers what was drawn for the learner.
    """
    if isinstance(who, SignedIn) or who.learner_ref is not None:
        raise SeedRefused("A student's own token can't choose a seed: a learner's values are drawn once.")


def values_of_seed(published: LoadedExercise, seed: int) -> LearnerVariant | None:
    """Return the given values of a seed that somebody chose; None where nothing is drawn."""
    return None if published.exercise.vary is None else LearnerVariant(seed, draw(published.exercise, seed))


def seed_of(secret: str, slug: str, learner: LearnerKey, assignment_id: int | None = None) -> int:
    """Return the seed of a learner at an exercise or assignment: nobody can work it out without the server's secret."""
    place = () if assignment_id is None else (str(assignment_id),)
    named = "\0".join(("variant", slug, str(learner.client_id), learner.ref, *place))  # no NUL can be in any of them
    digest = hmac.digest(secret.encode(), named.encode(), "sha256")
    return int.from_bytes(digest[:8]) >> (64 - SEED_BITS)


def _stored(session: Session, exercise: Exercise, learner: LearnerKey, new: NewVariant) -> Row[*tuple[Any, ...]]:
    """Store what was drawn, and return what counts now: of two who draw at once both get the same row."""
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
    if row is None:  # the statement before has stored it
        raise LookupError(f"the values of {learner.ref!r} at {new.slug} are gone")
    return row


def _fits(row: Row[*tuple[Any, ...]], exercise: Exercise) -> bool:
    return exercise.vary is not None and exercise.vary.ranges.keys() <= row.givens.keys()


def _as_revised(exercise: Exercise, stored: Mapping[str, float]) -> dict[str, float]:
    drawn = exercise.vary.ranges.keys() if exercise.vary else set[str]()
    return {given.name: float(stored[given.name]) if given.name in drawn else given.value for given in exercise.givens}
