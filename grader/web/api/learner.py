from grader.services.authorise import may_submit_for
from grader.services.learner_key import LearnerKey
from grader.services.principal import Principal
from grader.web.problem import Flaw, ProblemError


def learner_of(caller: Principal, learner_ref: str | None) -> LearnerKey:
    """Say for whom the caller sends answers; a student's own token needs no name.

    Raises:
        ProblemError: 422 where nobody is named, 403 where a student's own token names somebody else.
    """
    ref = own_ref(caller, learner_ref) or caller.learner_ref
    if ref is None:
        flaw = Flaw("missing", "This is needed: say whose answers these are.", pointer="/learner_ref")
        raise ProblemError("invalid", "The request names no learner.", (flaw,))
    learner = LearnerKey(caller.client_id, ref, caller.user_id if caller.learner_ref else None)
    if not may_submit_for(caller, learner):
        raise refuse_other_learner()
    return learner


def own_ref(caller: Principal, learner_ref: str | None) -> str | None:
    """Give a reference as the caller's token has it, where it is the token's own learner in another letter case."""
    own = caller.learner_ref
    return own if own and learner_ref and own.lower() == learner_ref.lower() else learner_ref


def named_learner(caller: Principal, learner_ref: str | None) -> LearnerKey | None:
    """Say whom the caller asks about; None where nobody is named and the token is no learner's.

    Raises:
        ProblemError: 403 where a student's own token names somebody else.
    """
    return None if learner_ref is None and caller.learner_ref is None else learner_of(caller, learner_ref)


def refuse_other_learner() -> ProblemError:
    """Give the refusal that a student's own token gets for anything of another learner's."""
    return ProblemError("foreign-learner", "This token reaches only its own learner.")
