"""The table of pages about regrades."""

from grader.web.auth import Access
from grader.web.pages.regrades import decision, listing, result
from grader.web.pages.route import Route

ALL = "/assignments/<int:assignment_id>/regrades"
ONE = f"{ALL}/<int:regrade_id>"
STAFF, INSTRUCTOR = Access.STAFF, Access.COURSE_INSTRUCTOR

ROUTES = (
    Route(ALL, listing.regrades, access=STAFF),
    Route(ALL, listing.propose_regrade, "POST", access=INSTRUCTOR),
    Route(ONE, result.regrade, access=STAFF),
    Route(f"{ONE}/apply", decision.apply_regrade, "POST", access=INSTRUCTOR),
    Route(f"{ONE}/roll-back", decision.roll_back_regrade, "POST", access=INSTRUCTOR),
    Route(f"{ONE}/discard", decision.discard_regrade, "POST", access=INSTRUCTOR),
)
