"""A course's own page: its assignments."""

from datetime import datetime

from flask import render_template
from sqlalchemy.orm import Session

from grader.checking.policy import Open, Terms, state
from grader.services.agenda import progress_of, tasks
from grader.services.assign import put_away_in
from grader.services.assignment import Assignment, assignments_of
from grader.services.attention import attention, senders
from grader.services.join_code import shown_join_code
from grader.store.courses import Course
from grader.web.auth import membership, person
from grader.web.pages.courses.policy_words import in_zone
from grader.web.pages.courses.worth import worth
from grader.web.wiring import web_services


def course(course_id: int) -> str:
    """Show it, to staff with what there is to do, to students with what they have reached."""
    with web_services().sessions() as session:
        kept = session.get_one(Course, course_id)
        return _for_staff(session, kept) if membership().is_staff else _for_student(session, kept)


def _for_staff(session: Session, kept: Course) -> str:
    now = web_services().clock()
    assignments = assignments_of(session, kept.id)
    return render_template(
        "courses/staff.html",
        course=kept,
        code=kept.join_code and shown_join_code(kept.join_code),
        assignments=assignments,
        archived=put_away_in(session, kept.id),
        needs=attention(session, [kept.id], now)[kept.id],
        states={one.id: _state(one, now) for one in assignments},
        sent=senders(session, kept.id),
        say=in_zone(kept.time_zone),
        membership=membership(),
    )


def _for_student(session: Session, kept: Course) -> str:
    found = tasks(session, assignments_of(session, kept.id), person().id, worth, web_services().clock())
    return render_template(
        "courses/student.html",
        course=kept,
        tasks=found,
        progress=next(iter(progress_of(found)), None),
    )


def _state(assignment: Assignment, now: datetime) -> Open:
    """How an assignment stands for a student of whom nothing special is known."""
    if assignment.archived:
        return Open.CLOSED
    return state(Terms(assignment.policy, assignment.opens_at, assignment.due_at), 0, now)
