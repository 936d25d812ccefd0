"""A student answers an exercise."""

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from grader.store.submission_tables import Submission
from tests.fixtures.site import Site

RIGHT = {"w0": "-1.5", "w1": "1", "w2": "1"}


def fill(page: Page, answers: dict[str, str]) -> None:
    for name, text in answers.items():
        page.locator(f"#field-{name}").fill(text)


def test_the_report_appears_in_place(page: Page) -> None:
    page.goto("/exercises/and-gate")
    fill(page, RIGHT)
    page.get_by_role("button", name="Submit", exact=True).click()
    page.wait_for_url("**/submissions/*")
    page.evaluate("document.documentElement.dataset.untouched = 'yes'")
    expect(page.locator("#submission[data-status='graded']")).to_be_visible()
    expect(page.get_by_role("heading", name="Everything is correct")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.untouched") == "yes"


def test_a_double_click_sends_once(page: Page, site: Site) -> None:
    page.goto("/exercises/and-gate")
    fill(page, RIGHT)
    page.get_by_role("button", name="Submit", exact=True).dblclick()
    page.wait_for_url("**/submissions/*")
    with site.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1


def test_what_was_typed_is_there_again_after_leaving(page: Page) -> None:
    page.goto("/exercises/and-gate")
    fill(page, {"w0": "-1.5", "w1": "0,7"})
    page.goto("/exercises")
    page.goto("/exercises/and-gate")
    expect(page.locator("#field-w1")).to_have_value("0,7")
    expect(page.locator("#field-w0")).to_have_value("-1.5")
