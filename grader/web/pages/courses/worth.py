from grader.checking.overrides import Overrides, apply
from grader.services.assignment import Assignment
from grader.web.wiring import web_services


def worth(assignment: Assignment) -> float:
    """What the exercise of an assignment is worth by itself; nothing where it is not served any more."""
    published = web_services().catalog.published.get(assignment.slug)
    if published is None:
        return 0.0
    if not assignment.overrides:
        return published.exercise.max_points
    return apply(published.exercise, Overrides.from_json(assignment.overrides)).max_points
