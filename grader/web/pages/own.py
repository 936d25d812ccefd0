"""The submission that a page is about: the person's own, or any for an instructor."""

from uuid import UUID

from grader.sayings.saying import Saying
from grader.services.authenticate import SignedIn
from grader.services.authorise import may_see_submission
from grader.services.errors import UnknownSubmission
from grader.services.membership import at_assignment
from grader.services.show import Shown, show
from grader.web.auth import person
from grader.web.wiring import web_services


def visible_submission(submission_id: UUID) -> Shown:
    """Find a submission that the person may see.

    Raises:
        UnknownSubmission: there is none, or it is another student's; the two look alike from outside.
    """
    with web_services().sessions() as session:
        shown = show(session, submission_id)
        membership = None if shown.assignment_id is None else at_assignment(session, person(), shown.assignment_id)
    if not may_see_submission(person(), shown, membership):
        raise UnknownSubmission(Saying("refused.unknown-submission", id=str(submission_id)))
    return shown


def is_own(who: SignedIn, shown: Shown) -> bool:
    """Tell whether the person sent it, rather than looks at it as an instructor."""
    return shown.user_id == who.id
