"""Every page of the table, as each kind of person sees it: accessible, quiet, and no wider than a phone."""

import pytest
from playwright.sync_api import Page

from grader.web.pages import ROUTES
from tests.fixtures.accessibility import assert_accessible, assert_within_reach
from tests.fixtures.browser import WIDE, Desk
from tests.fixtures.site import Ground, Site
from tests.fixtures.small_course import ADMINISTRATOR, INSTRUCTOR, STUDENT, SmallCourse, fill

PEOPLE = {person.role.value: person for person in (STUDENT, INSTRUCTOR, ADMINISTRATOR)}
VISITORS = {
    "anyone": ("stranger",),
    "signed in": ("student", "instructor"),
    "member": ("student", "instructor"),
    "administrator": ("administrator",),
}
"""Who looks at pages of each access; at all others an instructor."""

REFUSED = {"/sign-in/link/<token>": 403, "/sign-in/openid": 404, "/sign-in/openid/back": 403}
"""Pages that say no to these addresses, whoever asks."""

ACCESS = {route.rule: route.access for route in ROUTES if route.method == "GET"}
VISITS = [(rule, visitor) for rule in sorted(ACCESS) for visitor in VISITORS.get(ACCESS[rule].value, ("instructor",))]


@pytest.fixture(scope="module")
def course(running_site: Site, ground: Ground) -> SmallCourse:
    """What the pages show; all tests of this module read it, none changes it."""
    ground.database.reset()
    return fill(running_site.sessions)


@pytest.fixture
def site(running_site: Site, course: SmallCourse) -> Site:  # noqa: ARG001 - it is filled
    """The site with the course in it, instead of an empty one."""
    return running_site


@pytest.mark.parametrize(("rule", "visitor"), VISITS)
def test_a_page_is_within_reach_accessible_and_fits_a_phone(
    desk: Desk, course: SmallCourse, rule: str, visitor: str
) -> None:
    desk.traces = False  # a picture shows what is wrong with a page that nobody acts on
    if page := _visit(desk, course, rule, visitor):
        assert_accessible(page)
        page.set_viewport_size(WIDE)
        assert_within_reach(page)


@pytest.mark.parametrize(("address", "status"), [("/no-such-page", 404), ("/instructor", 403)])
def test_pages_that_refuse_are_accessible_too(desk: Desk, address: str, status: int) -> None:
    page = desk.sign_in(STUDENT.email)
    desk.watch.expect(str(status))
    reply = page.goto(address)
    assert reply is not None
    assert reply.status == status
    assert_accessible(page)
    assert_within_reach(page)


def _visit(desk: Desk, course: SmallCourse, rule: str, visitor: str) -> Page | None:
    """Open the page; None where it is a file, or data for scripts."""
    page = desk.browser().new_page() if visitor == "stranger" else desk.sign_in(PEOPLE[visitor].email)
    address = course.address(rule)
    asked = page.context.request.get(address)
    assert asked.status == REFUSED.get(rule, 200)
    if not asked.headers["content-type"].startswith("text/html"):
        return None
    desk.watch.expect(f"status of {asked.status}")
    page.goto(address)
    return page
