"""The table of files to take away."""

from grader.web.auth import Access
from grader.web.pages.exports import views
from grader.web.pages.route import Route

ROUTES = (
    Route("/courses/<int:course_id>/export", views.exports, access=Access.STAFF),
    Route("/courses/<int:course_id>/export/<kind>", views.export_course, access=Access.STAFF),
    Route("/assignments/<int:assignment_id>/export/<kind>", views.export_assignment, access=Access.STAFF),
)
