"""The table of pages about what is stored of a person."""

from grader.web.auth import Access
from grader.web.pages.personal import views
from grader.web.pages.route import Route

SOMEBODY, ADMINISTRATOR = "/admin/people/<int:user_id>", Access.ADMINISTRATOR

ROUTES = (
    Route("/account/data", views.own_data),
    Route(f"{SOMEBODY}/data", views.data_of_person, access=ADMINISTRATOR),
    Route(f"{SOMEBODY}/erase", views.confirm_erasure, access=ADMINISTRATOR),
    Route(f"{SOMEBODY}/erase", views.erase_data, "POST", access=ADMINISTRATOR),
    Route("/courses/<int:course_id>/people/<int:user_id>/data", views.data_of_student, access=Access.COURSE_INSTRUCTOR),
)
