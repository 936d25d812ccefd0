"""Every page of the table, as each kind of person sees it: accessible, quiet, and no wider than a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from grader.web.auth import Access
from grader.web.pages.routes import ROUTES
from tests.fixtures.accessibility import assert_accessible, assert_within_reach
from tests.fixtures.browser import WIDE, Desk, Watch
from tests.fixtures.site import Ground, Site
from tests.fixtures.small_course import ADMINISTRATOR, INSTRUCTOR, STUDENT, SmallCourse, fill

PEOPLE = {person.role.value: person for person in (STUDENT, INSTRUCTOR, ADMINISTRATOR)}
VISITOR = {
    Access.ANYONE: "stranger",
    Access.SIGNED_IN: "student",
    Access.MEMBER: "student",
    Access.ADMINISTRATOR: "administrator",
}
"""Who looks at pages of each access; at all others an instructor."""

BOTH = {"/", "/courses/<int:course_id>", "/assignments/<int:assignment_id>", "/submissions/<uuid:submission_id>"}
"""Pages that are others for an instructor than for a student."""

NO_PAGES = {
    "/account/data",
    "/admin/people/<int:user_id>/data",
    "/assets/<version>/<name>",
    "/assignments/<int:assignment_id>/draft",
    "/assignments/<int:assignment_id>/export/<kind>",
    "/courses/<int:course_id>/export/<kind>",
    "/courses/<int:course_id>/people/<int:user_id>/data",
    "/exercises/<slug>/draft",
    "/instructor/exercises/<slug>/submissions.csv",
}
"""Files, and data for scripts: no browser shows them."""

REFUSED = {"/sign-in/link/<token>": 403, "/sign-in/openid": 404, "/sign-in/openid/back": 403}
"""Pages that say no to these addresses, whoever asks."""

ACCESS = {route.rule: route.access for route in ROUTES if route.method == "GET"}
VISITS = [(rule, VISITOR.get(ACCESS[rule], "instructor")) for rule in sorted(ACCESS.keys() - NO_PAGES)]
VISITS += [(rule, "instructor") for rule in sorted(BOTH)]


@pytest.fixture(scope="module")
def course(running_site: Site, ground: Ground) -> SmallCourse:
    """What the pages show; all tests of this module read it, none changes it."""
    ground.database.reset()
    return fill(running_site.sessions)


@dataclass(frozen=True, slots=True)
class Visitors:
    """People who look at one page after the other, each in a browser of their own."""

    desk: Desk
    _pages: dict[str, Page] = field(default_factory=dict)

    def page(self, visitor: str) -> Page:
        """The page of this visitor, who signs in at the first one."""
        if visitor not in self._pages:
            stranger = visitor == "stranger"
            self._pages[visitor] = (
                self.desk.browser().new_page() if stranger else self.desk.sign_in(PEOPLE[visitor].email)
            )
        return self._pages[visitor]

    @contextmanager
    def watched(self, *expected: str) -> Iterator[None]:
        """Fail where a page complains of anything but what is expected."""
        watch = self.desk.watch
        watch.errors.clear()
        yield
        assert [error for error in watch.errors if not any(word in error for word in expected)] == []


@pytest.fixture(scope="module")
def visitors(running_site: Site, course: SmallCourse, chromium_browser: Browser) -> Iterator[Visitors]:  # noqa: ARG001 - it is filled
    """People who stay in front of their browsers from one page to the next."""
    visitors = Visitors(Desk(running_site, chromium_browser, Watch(), traces=False))
    yield visitors
    visitors.desk.close()


@pytest.mark.parametrize(("rule", "visitor"), VISITS)
def test_a_page_is_within_reach_accessible_and_fits_a_phone(
    visitors: Visitors, course: SmallCourse, rule: str, visitor: str
) -> None:
    status = REFUSED.get(rule, 200)
    with visitors.watched(f"status of {status}"):
        _look(visitors.page(visitor), course.address(rule), status)


@pytest.mark.parametrize(("address", "status"), [("/no-such-page", 404), ("/instructor", 403)])
def test_pages_that_refuse_are_accessible_too(visitors: Visitors, address: str, status: int) -> None:
    with visitors.watched(str(status)):
        _look(visitors.page("student"), address, status)


def test_what_no_browser_shows_is_no_page(visitors: Visitors, course: SmallCourse) -> None:
    for rule in sorted(NO_PAGES):
        visitor = VISITOR.get(ACCESS[rule], "instructor")
        reply = visitors.page(visitor).context.request.get(course.address(rule))
        assert (rule, reply.status) == (rule, 200)
        assert not reply.headers["content-type"].startswith("text/html"), f"{rule} is a page"


def _look(page: Page, address: str, status: int) -> None:
    page.set_viewport_size(WIDE)
    reply = page.goto(address)
    assert reply is not None
    assert reply.status == status
    assert_accessible(page)
    page.set_viewport_size(WIDE)
    assert_within_reach(page)
