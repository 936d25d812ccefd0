"""One student at one assignment, as those who teach the course see it."""

from flask import render_template

from grader.services.classwork import judged
from grader.services.errors import UnknownAssignment
from grader.services.marks import mark_of
from grader.services.students import students_by_user
from grader.web.pages.instructor.classroom import classroom
from grader.web.wiring import web_services


def assignment_student(assignment_id: int, user_id: int) -> str:
    """Show attempts, mark and what is allowed."""
    room = classroom(assignment_id)
    with web_services().sessions() as session:
        student = students_by_user(session, room.assignment.course_id).get(user_id)
        if student is None:
            raise UnknownAssignment(f"There is no student {user_id} at assignment {assignment_id}.")
        exercise = judged(room.assignment, room.published)
        standing = mark_of(session, room.assignment, exercise.max_points, user_id)
    return render_template(
        "instructor/assignment_student.html", room=room, assignment=room.assignment, student=student, standing=standing
    )
