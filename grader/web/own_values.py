"""The given values of whoever is asking."""

from grader.catalog.load import Published
from grader.services.learner_key import LearnerKey
from grader.services.vary import OwnValues, own_values
from grader.web.wiring import web_services


def values_of(published: Published, learner: LearnerKey) -> OwnValues | None:
    """Give a learner's own values at an exercise, drawn now if this is the first look; None where nothing is drawn."""
    services = web_services()
    secret = services.settings.secret_key.get_secret_value()
    return own_values(services.sessions, published, learner, secret, services.clock())
