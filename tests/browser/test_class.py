"""A class in a real browser: charts that update themselves, a gradebook that is searched without a reload."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import Delete, delete

from grader.store.submission_tables import Draft
from grader.store.tables import Enrolment
from tests.fixtures.browser import Desk
from tests.fixtures.site import Site
from tests.fixtures.small_course import INSTRUCTOR, SmallCourse, fill


@pytest.fixture
def course(site: Site) -> SmallCourse:
    return fill(site.sessions)


def somebody_leaves(course: SmallCourse) -> Delete:
    here = Enrolment.course_id == course.course_id
    return delete(Enrolment).where(here, Enrolment.role == "student", Enrolment.user_id != course.student_id)


def test_what_is_new_is_shown_in_place_and_what_is_open_stays_open(desk: Desk, site: Site, course: SmallCourse) -> None:
    page = desk.sign_in(INSTRUCTOR.email)
    page.clock.install()
    page.goto(f"/assignments/{course.assignment_id}/dashboard")
    page.locator("details[data-key=fields] summary").click()
    example = page.locator("a.example").first
    example.focus()
    tiles = page.locator("[data-part=tiles]")
    before = tiles.inner_text()
    site.change(lambda session: session.execute(somebody_leaves(course)))
    site.change(lambda session: session.execute(delete(Draft)))
    page.clock.run_for(5_000)
    expect(tiles).not_to_have_text(before)
    expect(tiles).to_contain_text("1 / 1")
    expect(page.locator("details[data-key=fields]")).to_have_attribute("open", "")
    expect(page.locator("[data-say]")).to_have_text("The figures have been updated.")
    expect(page.locator("[data-ago]")).to_contain_text("updated")


def test_a_page_that_nobody_looks_at_does_not_ask(desk: Desk, course: SmallCourse) -> None:
    page = desk.sign_in(INSTRUCTOR.email)
    page.clock.install()
    page.goto(f"/assignments/{course.assignment_id}/dashboard")
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(120_000)
    assert asked == []


def test_the_gradebook_is_searched_and_sorted_without_loading_anew(desk: Desk, course: SmallCourse) -> None:
    page = desk.sign_in(INSTRUCTOR.email)
    page.goto(f"/courses/{course.course_id}/grid")
    page.evaluate("window.same = true")
    everybody = page.locator("tr[data-student]").count()
    page.locator("a.sort[data-sort=total]").click()
    expect(page.locator("th[aria-sort=descending] a")).to_be_focused()
    name = page.locator("tr[data-student] th").first.inner_text().split()[0]
    page.get_by_label("Name, number or e-mail").fill(name)
    expect(page.locator("tr[data-student]")).not_to_have_count(everybody)
    expect(page.locator("tr[data-student] th").first).to_contain_text(name)
    assert page.evaluate("window.same")
    assert "sort=total" in page.url
