"""What the API needs of an assignment that answers or given values belong to."""

from dataclasses import replace

from grader.catalog.load import Published
from grader.checking.overrides import Overrides, apply
from grader.checking.policy import Open, state
from grader.services.assigned import is_staff, reached, student_at
from grader.services.assignment import Assignment, terms_of
from grader.services.errors import NotOpenYet
from grader.services.learner_key import LearnerKey
from grader.services.principal import Principal
from grader.services.vary import OwnValues
from grader.web.api.learner import named_learner
from grader.web.own_values import values_at
from grader.web.problem import Flaw, ProblemError
from grader.web.wiring import web_services


def assignment_of(caller: Principal, assignment_id: int, slug: str, **place: str) -> Assignment:
    """Give an assignment that the caller reaches, which must be of the exercise; `place` says where a flaw is.

    Raises:
        UnknownAssignment: there is none for the caller.
        ProblemError: 422 where it asks another exercise.
    """
    with web_services().sessions() as session:
        assignment = reached(session, caller, assignment_id)
    if assignment.slug != slug:
        flaw = Flaw("other-exercise", f"This assignment asks {assignment.slug}.", **place)
        raise ProblemError("invalid", "The assignment asks another exercise.", (flaw,))
    return assignment


def student_of(assignment: Assignment, learner: LearnerKey) -> LearnerKey:
    """Give the learner with the account that is in the course: attempts are counted by account.

    Raises:
        UnknownAssignment: the course has no such student.
    """
    with web_services().sessions() as session:
        user_id, email = student_at(session, assignment, learner.ref)
    return replace(learner, ref=email, user_id=user_id)


def as_assigned(published: Published, assignment: Assignment) -> Published:
    """Give the exercise as the assignment judges it."""
    return replace(published, exercise=apply(published.exercise, Overrides.from_json(assignment.overrides)))


def values_asked(caller: Principal, learner_ref: str | None, published: Published, at: Assignment) -> OwnValues | None:
    """Give a student's own values at an assignment, drawn at the first look as on the pages.

    None, which means the printed ones, where nothing is drawn, where no learner is named, and for those who teach.

    Raises:
        NotOpenYet: it opens later: until then no student sees it.
    """
    learner = named_learner(caller, learner_ref)
    if learner is None or _teaches(caller, at):
        return None
    learner, now = student_of(at, learner), web_services().clock()
    with web_services().sessions() as session:
        if state(terms_of(session, at, learner.user_id or 0), 0, now) is Open.NOT_YET:
            raise NotOpenYet(f"{at.title} is not open yet.")
    return values_at(published, learner, at)


def _teaches(caller: Principal, assignment: Assignment) -> bool:
    if caller.user_id is None:
        return False
    with web_services().sessions() as session:
        return is_staff(session, caller.user_id, assignment.course_id)
