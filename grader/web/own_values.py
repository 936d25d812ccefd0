"""The given values of whoever is asking."""

from grader.catalog.load import Published
from grader.services.assignment import Assignment
from grader.services.learner_key import LearnerKey
from grader.services.vary import OwnValues, own_values
from grader.web.wiring import web_services


def values_of(published: Published, learner: LearnerKey, assignment_id: int | None = None) -> OwnValues | None:
    """Give a learner's own values at an exercise or assignment, drawn now if this is the first look; None where nothing is drawn."""
    services = web_services()
    secret = services.settings.secret_key.get_secret_value()
    now = services.clock()
    return own_values(services.sessions, published, learner, secret, now, assignment_id=assignment_id)


def values_at(published: Published, learner: LearnerKey, assignment: Assignment) -> OwnValues | None:
    """Give a learner's own values at an assignment; None where all have the printed ones."""
    return values_of(published, learner, assignment.id) if assignment.policy.variants else None
