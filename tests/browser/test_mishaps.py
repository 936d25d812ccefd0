"""What goes wrong while people work: each mishap has words of its own, and nothing that was typed is lost."""

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import delete, func, select, update

from grader.judging.policy import Policy
from grader.services.accounts.registration import Person, register
from grader.store.submission_tables import Draft, Submission
from grader.store.tables import Assignment, BrowserSession
from tests.browser.test_answering import RIGHT, fill
from tests.fixtures import small_course
from tests.fixtures.browser import Desk
from tests.fixtures.site import Site

PASSWORD = "a long enough password"


def saved(page: Page) -> None:
    expect(page.locator("[data-saved-note]")).to_have_text("Draft saved.")


def test_a_session_that_ends_while_typing_loses_nothing(desk: Desk, site: Site) -> None:
    register(site.sessions, Person("an@example.org", "An", password=PASSWORD), site.now())
    page = desk.sign_in()
    page.goto("/exercises/and-gate")
    desk.watch.expect("/exercises/and-gate")  # what is refused stands on the console
    site.change(lambda session: session.execute(delete(BrowserSession)))
    fill(page, RIGHT)
    page.get_by_role("button", name="Submit", exact=True).click()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("E-mail").fill("an@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/exercises/and-gate")
    for name, text in RIGHT.items():
        expect(page.locator(f"#field-{name}")).to_have_value(text)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_role("heading", name="Everything is correct")).to_be_visible()


def test_what_is_typed_here_is_found_on_another_device(desk: Desk) -> None:
    here, there = desk.sign_in(), desk.sign_in()
    here.goto("/exercises/and-gate")
    fill(here, {"w0": "-1.5"})
    saved(here)
    there.goto("/exercises/and-gate")
    expect(there.locator("#field-w0")).to_have_value("-1.5")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(page: Page, site: Site, tmp_path: Path) -> None:
    page.goto("/exercises/dense-two-moons")
    large = tmp_path / "large.npz"
    with large.open("wb") as file:
        file.truncate(17 << 20)
    page.locator("input[type=file]").set_input_files(large)
    expect(page.get_by_text("the limit is 16 MiB")).to_contain_text("17 MiB")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.locator("input[type=file]")).to_be_focused()
    assert _count(site) == 0


def test_a_draft_is_forgotten_once_its_answers_are_stored(page: Page, site: Site) -> None:
    page.goto("/exercises/and-gate")
    fill(page, RIGHT)
    saved(page)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_role("heading", name="Everything is correct")).to_be_visible()
    with site.sessions() as session:
        assert session.scalars(select(Draft)).all() == []


def test_a_deadline_that_passes_while_typing_loses_nothing(desk: Desk, site: Site) -> None:
    course = small_course.fill(site.sessions)
    page = desk.sign_in(small_course.STUDENT.email)
    desk.watch.expect("/assignments/")
    page.goto(f"/assignments/{course.assignment_id}")
    fill(page, {"net_h1": "0.3775"})
    due = site.now() - timedelta(minutes=1)
    site.change(lambda session: session.execute(update(Assignment).values(due_at=due)))
    before = _count(site)
    page.get_by_role("button", name=re.compile("^Submit")).click()
    expect(page.get_by_role("heading", name="Assignment closed")).to_be_visible()
    expect(page.locator("#field-net_h1")).to_have_value("0.3775")
    page.reload()
    page.get_by_text("Typed but not submitted").click()
    expect(page.locator("#field-net_h1")).to_have_value("0.3775")
    assert _count(site) == before


def test_two_tabs_have_no_more_attempts_than_one(desk: Desk, site: Site) -> None:
    course = small_course.fill(site.sessions)
    policy = Policy(attempts=3).to_json()  # two of them are used
    site.change(lambda session: session.execute(update(Assignment).values(policy=policy)))
    page = desk.sign_in(small_course.STUDENT.email)
    desk.watch.expect("/assignments/")
    other = page.context.new_page()
    before = _count(site)
    for tab in (page, other):
        tab.goto(f"/assignments/{course.assignment_id}")
    for tab, text in ((page, "0.3775"), (other, "0.4")):
        fill(tab, {"net_h1": text})
        tab.get_by_role("button", name=re.compile("^Submit")).click()
        expect(tab.locator("#submission, [data-closed]").first).to_be_visible()
    expect(page.locator("#submission[data-status='graded']")).to_be_visible()
    expect(other.get_by_role("heading", name="All attempts used")).to_be_visible()
    expect(other.locator("#field-net_h1")).to_have_value("0.4")
    assert _count(site) == before + 1


def _count(site: Site) -> int:
    with site.sessions() as session:
        return session.scalar(select(func.count()).select_from(Submission)) or 0
