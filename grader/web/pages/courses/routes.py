"""The table of pages about courses."""

from grader.web.auth import Access
from grader.web.pages.courses import (
    allowances,
    assigning,
    course,
    home,
    joining,
    listing,
    making,
    people,
    roster,
    settings,
)
from grader.web.pages.route import Route

COURSE, ASSIGNMENT = "/courses/<int:course_id>", "/assignments/<int:assignment_id>"
MEMBER, STAFF, INSTRUCTOR = Access.MEMBER, Access.STAFF, Access.COURSE_INSTRUCTOR

ROUTES = (
    Route("/", home.home),
    Route("/messages/<int:message_id>/away", home.put_message_away, "POST"),
    Route("/courses", listing.courses),
    Route("/courses/new", making.new_course, access=Access.INSTRUCTOR),
    Route("/courses/new", making.create_course, "POST", access=Access.INSTRUCTOR),
    Route("/courses/join", joining.joining),
    Route("/courses/join", joining.join_course, "POST"),
    Route(COURSE, course.course, access=MEMBER),
    Route(f"{COURSE}/settings", settings.course_settings, access=INSTRUCTOR),
    Route(f"{COURSE}/settings", settings.change_course, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/code", settings.renew_code, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/code/off", settings.drop_code, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/archive", settings.archive_course, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/restore", settings.restore_course, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/people", people.people, access=STAFF),
    Route(f"{COURSE}/people/<int:user_id>", people.member, access=STAFF),
    Route(f"{COURSE}/people/<int:user_id>", people.change_member, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/people/<int:user_id>/remove", people.drop_member, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/people/import", roster.bring_people, access=INSTRUCTOR),
    Route(f"{COURSE}/people/import", roster.preview_people, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/people/import/confirm", roster.import_people, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/assignments/new", assigning.new_assignment, access=INSTRUCTOR),
    Route(f"{COURSE}/assignments/new", assigning.create_assignment, "POST", access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/edit", assigning.edit_assignment, access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/edit", assigning.change_assignment, "POST", access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/allowances", allowances.allowances, access=STAFF),
    Route(f"{ASSIGNMENT}/allowances", allowances.give_allowance, "POST", access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/allowances/<int:user_id>/withdraw", allowances.withdraw, "POST", access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/archive", assigning.archive_assignment, "POST", access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/restore", assigning.restore_assignment, "POST", access=INSTRUCTOR),
)
