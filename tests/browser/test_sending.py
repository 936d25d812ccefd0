"""What stands between a browser and the grader: proxies, networks, other tabs. Nothing that was typed is lost."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from grader.store.submission_tables import Draft, Submission
from tests.browser.test_answering import RIGHT, fill
from tests.fixtures import small_course
from tests.fixtures.browser import Desk
from tests.fixtures.site import Site

PLACE = "/exercises/and-gate"
PROXY = "<html><head><title>502</title></head><body><center><h1>nginx</h1></center></body></html>"
REPLIES: dict[str, tuple[Callable[[Route], None], str]] = {
    "offline": (lambda route: route.abort("internetdisconnected"), "Check your connection"),
    "reset": (lambda route: route.abort("connectionreset"), "Check your connection"),
    "502": (lambda route: route.fulfill(status=502, body=PROXY, content_type="text/html"), "again in a minute"),
    "503, empty": (lambda route: route.fulfill(status=503, body=""), "again in a minute"),
    "504, JSON": (lambda route: route.fulfill(status=504, json={"message": "late"}), "again in a minute"),
    "413": (lambda route: route.fulfill(status=413, body=PROXY, content_type="text/html"), "Choose a smaller file"),
    "429": (lambda route: route.fulfill(status=429, headers={"Retry-After": "17"}, body=""), "Wait 17 s"),
    "429, no word": (lambda route: route.fulfill(status=429, body=PROXY), "Wait 60 s"),
    "401": (lambda route: route.fulfill(status=401, body=""), "Sign in in another tab"),
    "a network's page": (lambda route: route.fulfill(body=PROXY, content_type="text/html"), "Something else answered"),
    "nothing": (lambda route: route.fulfill(body=""), "Something else answered"),
    "a piece of JSON": (lambda route: route.fulfill(body='{"saved', content_type="application/json"), "Something else"),
}


def values(page: Page) -> dict[str, str]:
    found = page.locator("input[data-field]").evaluate_all("all => all.map(one => [one.name, one.value])")
    return dict(found)


def count(site: Site) -> int:
    with site.sessions() as session:
        return session.scalar(select(func.count()).select_from(Submission)) or 0


def draft(site: Site) -> dict[str, str]:
    with site.sessions() as session:
        return dict(session.scalars(select(Draft.answers)).one())


def stored_and_lost(route: Route) -> None:
    route.fetch(max_redirects=0)
    route.abort("connectionreset")


def saved(page: Page) -> None:
    expect(page.locator("[data-saved-note]")).to_have_text("Draft saved.")


def test_whatever_answers_in_the_graders_place_the_answers_stay_and_count_once(
    page: Page, desk: Desk, site: Site
) -> None:
    desk.watch.expect("Failed to load resource")
    page.goto(PLACE)
    fill(page, RIGHT)
    send, note = page.get_by_role("button", name="Submit", exact=True), page.locator("[data-not-sent]")
    why = note.locator("[data-why]:visible")
    for name, (reply, said) in REPLIES.items():
        page.route(f"**{PLACE}", reply)
        page.route(f"**{PLACE}/draft", reply)
        send.click()
        expect(why, name).to_contain_text(said)
        expect(note, name).to_contain_text("Not submitted. Your answers are kept.")
        expect(note, name).to_be_focused()
        expect(send, name).to_be_enabled()
        assert values(page) == RIGHT, name
        page.unroute_all()
    assert count(site) == 0
    # Stored, but the reply was lost on its way: the same answers count once.
    page.route(f"**{PLACE}", stored_and_lost)
    send.click()
    expect(why).to_contain_text("Check your connection")
    page.unroute_all()
    send.click()
    expect(page.get_by_role("heading", name="Everything is correct")).to_be_visible()
    assert count(site) == 1


def test_what_is_typed_while_the_server_is_away_is_there_after_a_reload(page: Page, desk: Desk, site: Site) -> None:
    desk.watch.expect("Failed to load resource")
    page.goto(PLACE)
    page.route(f"**{PLACE}/draft", lambda route: route.fulfill(body=PROXY, content_type="text/html"))
    fill(page, {"w0": "7"})
    expect(page.locator("[data-says=offline]")).to_be_visible()
    other = page.context.new_page()
    other.route(f"**{PLACE}/draft", lambda route: route.abort("internetdisconnected"))
    other.goto(PLACE)
    expect(other.locator("#field-w0")).to_have_value("7")
    fill(other, {"w1": "8"})
    expect(page.locator("#field-w1")).to_have_value("8")
    for tab in (page, other):
        tab.unroute_all()
    page.reload()
    expect(page.locator("#field-w0")).to_have_value("7")
    expect(page.locator("#field-w1")).to_have_value("8")
    saved(page)
    assert draft(site) == {"w0": "7", "w1": "8"}


def test_two_devices_are_merged_field_by_field_and_one_field_of_both_is_chosen(desk: Desk, site: Site) -> None:
    here, there = desk.sign_in(), desk.sign_in()
    for device in (here, there):
        device.goto(PLACE)
    fill(there, {"w0": "1", "w1": "2"})
    saved(there)
    fill(here, {"w2": "3", "w1": "9"})
    question = here.locator("[data-says=conflict]")
    expect(question).to_contain_text("w1: here 9 elsewhere 2")
    assert values(here) == {"w0": "1", "w1": "9", "w2": "3"}
    assert draft(site) == {"w0": "1", "w1": "2", "w2": "3"}
    here.get_by_role("button", name="Submit", exact=True).click()
    expect(question).to_be_visible()
    expect(here.get_by_role("button", name="Submit", exact=True)).to_be_enabled()
    assert count(site) == 0
    question.get_by_role("button", name="here 9").click()
    expect(question).to_be_hidden()
    saved(here)
    there.get_by_role("button", name="Submit", exact=True).click()  # its own w1 is old by now
    expect(there.locator("[data-says=newer]")).to_be_visible()
    assert values(there) == {"w0": "1", "w1": "9", "w2": "3"}
    assert count(site) == 0
    there.get_by_role("button", name="Submit", exact=True).click()
    there.wait_for_url(re.compile("/submissions/"))
    with site.sessions() as session:
        assert session.scalars(select(Submission.answers)).one() == {"w0": "1", "w1": "9", "w2": "3"}


def test_pages_that_ask_again_show_no_proxys_page_and_go_on(desk: Desk, site: Site) -> None:
    course = small_course.fill(site.sessions)
    page = desk.sign_in(small_course.INSTRUCTOR.email)
    desk.watch.expect("Failed to load resource")
    for reply, _ in (REPLIES["502"], REPLIES["a network's page"]):
        page.goto(f"/courses/{course.course_id}/grid")
        page.route("**/grid?*", reply)
        page.locator("[data-sort=total]").click()
        expect(page.get_by_text("The grader cannot be reached right now. Try again.")).to_be_visible()
        expect(page.locator("tr[data-student]")).to_have_count(4)
        page.unroute_all()
        page.locator("[data-sort=total]").click()
        expect(page.locator("th[aria-sort]")).to_contain_text("Total")
    page.clock.install()
    page.goto(f"/assignments/{course.assignment_id}/dashboard")
    page.route("**/dashboard", REPLIES["a network's page"][0])
    page.clock.run_for(5_000)
    expect(page.locator("[data-ago]")).to_contain_text("cannot be reached")
    expect(page.locator("[data-part=tiles]")).to_be_visible()
    page.unroute_all()
    page.clock.run_for(10_000)
    expect(page.locator("[data-ago]")).to_contain_text("updated")
