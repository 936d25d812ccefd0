from dataclasses import replace

from sqlalchemy.orm import Session

from grader.services.errors import AmbiguousLearner
from grader.services.learner_key import LearnerKey
from grader.store import learners


def as_known(session: Session, learner: LearnerKey) -> LearnerKey:
    """Return a learner under the reference that the client's learner has already, also where letters differ in case.

    One that nobody is like is returned as it is, and so is one whose account is known.

    Raises:
        AmbiguousLearner: several learners differ from it in letter case only, and none is written just so.
    """
    if learner.user_id is not None:
        return learner
    return replace(learner, ref=_only(learner.ref, learners.alike(session, learner.client_id, learner.ref)))


def _only(ref: str, alike: list[str]) -> str:
    if not alike or ref in alike:
        return ref
    if len(alike) > 1:
        named = ", ".join(map(repr, alike))
        detail = f"Several learners differ from {ref!r} in letter case only: {named}. Write it exactly as one of them."
        raise AmbiguousLearner(detail)
    return alike[0]
