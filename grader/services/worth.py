from sqlalchemy.orm import Session

from grader.catalog.load import Catalog
from grader.services.assignment import Assignment
from grader.services.classwork import judged
from grader.store import gradings


def worth_of(session: Session, catalog: Catalog, assignment: Assignment) -> float:
    """Return what the exercise of an assignment is worth by itself, as it is judged there.

    Where its folder is gone that is what it was worth when it was judged, so that marks stay what they were; nothing
    where nobody has answered it.
    """
    published = catalog.published.get(assignment.slug)
    if published is None:
        return gradings.most_points(session, assignment.id) or 0.0
    return judged(assignment, published).max_points if assignment.overrides else published.exercise.max_points
