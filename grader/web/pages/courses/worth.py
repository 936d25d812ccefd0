from grader.services.assignment import Assignment
from grader.services.worth import worth_of
from grader.web.wiring import web_services


def worth(assignment: Assignment) -> float:
    """What the exercise of an assignment is worth by itself, also where it is not served any more."""
    services = web_services()
    with services.sessions() as session:  # asks nothing of the database while the exercise is served
        return worth_of(session, services.catalog, assignment)
