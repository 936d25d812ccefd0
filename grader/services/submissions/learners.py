"""Who submitted: references of learners at a client."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from grader.services.errors import AmbiguousLearner, UnusableReference
from grader.store import submissions

LONGEST_REFERENCE = 255


@dataclass(frozen=True, slots=True)
class LearnerKey:
    """Who answers: a client's own name for a learner, and the user behind it where that is known.

    Raises:
        UnusableReference: the reference is empty, over 255 characters, or not printable.
    """

    client_id: int
    ref: str
    user_id: int | None = None

    def __post_init__(self) -> None:
        if not usable_reference(self.ref):
            raise UnusableReference(
                f"A learner's reference has 1 to {LONGEST_REFERENCE} visible characters, without spaces around it."
            )


def usable_reference(ref: str) -> bool:
    """Tell whether PostgreSQL can keep a reference and a person can see it."""
    return 0 < len(ref) <= LONGEST_REFERENCE and ref.isprintable() and ref == ref.strip()


def as_known(session: Session, learner: LearnerKey) -> LearnerKey:
    """Return a learner under the reference that the client's learner has already, also where letters differ in case.

    One that nobody is like is returned as it is, and so is one whose account is known.

    Raises:
        AmbiguousLearner: several learners differ from it in letter case only, and none is written just so.
    """
    if learner.user_id is not None:
        return learner
    return replace(learner, ref=_only(learner.ref, submissions.learners_like(session, learner.client_id, learner.ref)))


def _only(ref: str, alike: list[str]) -> str:
    if not alike or ref in alike:
        return ref
    if len(alike) > 1:
        named = ", ".join(map(repr, alike))
        detail = f"Several learners differ from {ref!r} in letter case only: {named}. Write it exactly as one of them."
        raise AmbiguousLearner(detail)
    return alike[0]
