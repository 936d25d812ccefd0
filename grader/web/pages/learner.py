from grader.catalog.load import Published
from grader.services.authenticate import SignedIn
from grader.services.learner_key import LearnerKey
from grader.services.vary import OwnValues
from grader.store import clients
from grader.web.own_values import values_of
from grader.web.wiring import web_services


def learner_of(who: SignedIn) -> LearnerKey:
    """Give the learner that a signed-in person is: our own pages' one of the person's e-mail."""
    with web_services().sessions.begin() as session:
        return LearnerKey(clients.ensure(session, clients.WEB), who.email, who.id)


def own_values(who: SignedIn, published: Published) -> OwnValues | None:
    """Give a signed-in person's own given values; None where nothing is drawn, which costs nothing to find out."""
    return None if published.exercise.vary is None else values_of(published, learner_of(who))
