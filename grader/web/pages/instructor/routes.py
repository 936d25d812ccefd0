"""The table of pages for those who teach."""

from grader.web.auth import Access
from grader.web.pages.instructor import (
    assignment_dashboard,
    assignment_list,
    assignment_student,
    course_grid,
    dashboard,
    export,
    overview,
    student_steps,
)
from grader.web.pages.route import Route

ASSIGNMENT = "/assignments/<int:assignment_id>"
STUDENT = f"{ASSIGNMENT}/students/<int:user_id>"

ROUTES = (
    Route("/instructor", overview.instructor, access=Access.INSTRUCTOR),
    Route("/instructor/exercises/<slug>", dashboard.dashboard, access=Access.INSTRUCTOR),
    Route("/instructor/exercises/<slug>/submissions.csv", export.export, access=Access.INSTRUCTOR),
    Route(f"{ASSIGNMENT}/dashboard", assignment_dashboard.assignment_dashboard, access=Access.STAFF),
    Route(f"{ASSIGNMENT}/submissions", assignment_list.assignment_submissions, access=Access.STAFF),
    Route("/courses/<int:course_id>/grid", course_grid.course_grid, access=Access.STAFF),
    Route(STUDENT, assignment_student.assignment_student, access=Access.STAFF),
    Route(f"{STUDENT}/mark", student_steps.set_mark, "POST", access=Access.COURSE_INSTRUCTOR),
    Route(f"{STUDENT}/mark/restore", student_steps.restore_mark, "POST", access=Access.COURSE_INSTRUCTOR),
    Route(f"{STUDENT}/allowance", student_steps.allow_student, "POST", access=Access.COURSE_INSTRUCTOR),
    Route(f"{STUDENT}/allowance/withdraw", student_steps.allow_no_more, "POST", access=Access.COURSE_INSTRUCTOR),
    Route(f"{STUDENT}/message", student_steps.write_to_student, "POST", access=Access.STAFF),
)
