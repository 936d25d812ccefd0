from grader.services.authenticate import SignedIn
from grader.services.learner_key import LearnerKey
from grader.store import clients
from grader.web.wiring import web_services


def learner_of(who: SignedIn) -> LearnerKey:
    """Give the learner that a signed-in person is: our own pages' one of the person's e-mail."""
    with web_services().sessions.begin() as session:
        return LearnerKey(clients.ensure(session, clients.WEB), who.email, who.id)
