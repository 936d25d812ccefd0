"""The submission that a page is about: the person's own, or any for an instructor."""

from uuid import UUID

from sqlalchemy.orm import Session

from grader.sayings.saying import Saying
from grader.services.authenticate import SignedIn
from grader.services.authorise import may_see_submission
from grader.services.disclose import disclosed
from grader.services.errors import UnknownAssignment, UnknownSubmission
from grader.services.membership import Membership, at_assignment
from grader.services.show import Shown, show
from grader.web.auth import person
from grader.web.wiring import web_services


def visible_submission(submission_id: UUID) -> Shown:
    """Find a submission that the person may see; of the person's own what its assignment shows by now.

    Raises:
        UnknownSubmission: there is none, or it is another student's; the two look alike from outside.
    """
    services = web_services()
    with services.sessions() as session:
        shown = show(session, submission_id)
        if is_own(person(), shown):
            return disclosed(session, shown, services.clock())
        if may_see_submission(person(), shown, _membership(session, shown)):
            return shown
    raise UnknownSubmission(Saying("refused.unknown-submission", id=str(submission_id)))


def _membership(session: Session, shown: Shown) -> Membership | None:
    if shown.assignment_id is None:
        return None
    try:
        return at_assignment(session, person(), shown.assignment_id)
    except UnknownAssignment:
        return None


def is_own(who: SignedIn, shown: Shown) -> bool:
    """Tell whether the person sent it, rather than looks at it as an instructor."""
    return shown.user_id == who.id
