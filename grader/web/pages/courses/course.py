"""A course's own page: its assignments."""

from flask import render_template

from grader.services.assignment import assignments_of
from grader.services.join_code import shown_join_code
from grader.store.courses import Course
from grader.web.auth import membership
from grader.web.pages.courses.places import of_assignment
from grader.web.pages.courses.policy_words import in_zone
from grader.web.wiring import web_services


def course(course_id: int) -> str:
    """Show it, to staff with what there is to do, to students with what they have reached."""
    with web_services().sessions() as session:
        kept = session.get_one(Course, course_id)
        assignments = assignments_of(session, course_id)
    return render_template(
        "courses/staff.html" if membership().is_staff else "courses/student.html",
        course=kept,
        code=kept.join_code and shown_join_code(kept.join_code),
        assignments=assignments,
        say=in_zone(kept.time_zone),
        membership=membership(),
        place=of_assignment,
    )
