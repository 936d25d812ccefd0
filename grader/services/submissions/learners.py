"""Learners, and their references at a client."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from grader.services.accounts.authentication import SignedIn
from grader.services.errors import AmbiguousLearner, UnusableReference
from grader.store import accounts, submissions
from grader.vocabulary import WEB_CLIENT

LONGEST_REFERENCE = 255


@dataclass(frozen=True, slots=True)
class LearnerKey:
    """A learner: the client's reference, and the user behind it if known.

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


def learner_of(session: Session, who: SignedIn) -> LearnerKey:
    """Return the learner of a signed-in person: that of our own pages with the person's e-mail address."""
    return LearnerKey(accounts.ensure_client(session, WEB_CLIENT), who.email, who.id)


def usable_reference(ref: str) -> bool:
    """Return whether PostgreSQL can store a reference and a person can read it."""
    return 0 < len(ref) <= LONGEST_REFERENCE and ref.isprintable() and ref == ref.strip()


def as_known(session: Session, learner: LearnerKey) -> LearnerKey:
    """Return a learner under the client's existing reference for it, ignoring letter case.

    A learner without a match is returned unchanged, and so is one with a known account.

    Raises:
        AmbiguousLearner: several learners differ from it only in letter case, and none matches exactly.
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
