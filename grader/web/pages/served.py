from grader.catalog.load import Published
from grader.services.exercises import Revisions
from grader.services.show import Shown
from grader.web.wiring import web_services


def as_served(shown: Shown) -> Published:
    """Give the exercise as it was when it was answered, from today's files or from what PostgreSQL has kept.

    Its given values are those that the answers are judged by.
    """
    services = web_services()
    return Revisions(services.catalog, services.sessions).find(shown.slug, shown.revision).with_values(shown.givens)
