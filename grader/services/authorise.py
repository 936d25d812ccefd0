from grader.checking.report import Score
from grader.services.authenticate import SignedIn
from grader.services.history import ShownSummary
from grader.services.learner_key import LearnerKey
from grader.services.membership import Membership
from grader.services.principal import Principal
from grader.services.show import Shown


def may_see_submission(
    who: Principal | SignedIn, shown: Shown | ShownSummary, membership: Membership | None = None
) -> bool:
    """Tell whether somebody may see a submission.

    A student sees what is the student's own; what was sent for an assignment those see who teach its course
    (`membership` is of that course), what was sent for practice all instructors. A token sees what its client sent,
    and a student's own token only what is that student's. Scopes are another question.
    """
    match who:
        case SignedIn() if shown.user_id == who.id:
            return True
        case SignedIn() if shown.assignment_id is not None:
            return membership is not None and membership.is_staff
        case SignedIn():
            return who.is_instructor
        case Principal(user_id=None):
            return shown.client_id == who.client_id
        case Principal():
            return shown.user_id == who.user_id


def may_submit_for(who: Principal, learner: LearnerKey) -> bool:
    """Tell whether a token may send answers for a learner: its client's, or only the one that it reaches."""
    return learner.client_id == who.client_id and who.learner_ref in {None, learner.ref}


def may_see_solution(who: SignedIn, best: Score | None) -> bool:
    """Tell whether somebody may see how an exercise is worked out.

    Instructors always; a student once a submission of the student's own has full marks.
    """
    return who.is_instructor or (best is not None and best.given == best.max)
