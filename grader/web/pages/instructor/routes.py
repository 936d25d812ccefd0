"""The table of pages for those who teach."""

from grader.web.auth import Access
from grader.web.pages.instructor import (
    assignment_dashboard,
    assignment_list,
    assignment_student,
    dashboard,
    export,
    overview,
)
from grader.web.pages.route import Route

ASSIGNMENT = "/assignments/<int:assignment_id>"

ROUTES = (
    Route("/instructor", overview.instructor, access=Access.INSTRUCTOR),
    Route("/instructor/exercises/<slug>", dashboard.dashboard, access=Access.INSTRUCTOR),
    Route("/instructor/exercises/<slug>/submissions.csv", export.export, access=Access.INSTRUCTOR),
    Route(f"{ASSIGNMENT}/dashboard", assignment_dashboard.assignment_dashboard, access=Access.STAFF),
    Route(f"{ASSIGNMENT}/submissions", assignment_list.assignment_submissions, access=Access.STAFF),
    Route(f"{ASSIGNMENT}/students/<int:user_id>", assignment_student.assignment_student, access=Access.STAFF),
)
