"""Long titles, names and numbers stay in their cards at every width, in both languages, with scroll bars that take space."""

import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from grader.judging.policy import Late, Policy
from grader.store.tables import Assignment, User
from tests.fixtures import small_course
from tests.fixtures.accessibility import misfits
from tests.fixtures.browser import Desk
from tests.fixtures.site import Site

EXERCISES = Path(__file__).parents[2] / "exercises"
WIDTHS = (1440, 1280, 1000, 641, 360)
LONG = {"w0": "-1.50000000000000000000000000000", "w1": "1.00000000000000000000000000001", "w2": "1/1"}
FOLLOWS = {"v3": "3", "v4": "1", "y3": "1", "y4": "0", "v5": "2", "y5": "1"}
TITLE = "Backpropagation in a network with " + "unbreakably" * 6 + " long names"
NAME = "Nguyễn Phúc Bảo " + "Wolfeschlegelsteinhausen" * 3
RING = """() => [...document.querySelectorAll(".ring text")]
  .filter(one => one.getBBox().width > (one.classList.contains("given") ? 54 : 48)).map(one => one.textContent)"""

STUDENTS = (
    "/",
    "/courses/{0.course_id}",
    "/assignments/{0.assignment_id}",
    "/submissions",
    "/submissions/{0.submission_id}",
)
TEACHERS = (
    "/courses/{0.course_id}/grid",
    "/assignments/{0.assignment_id}/dashboard",
    "/assignments/{0.assignment_id}/students/{0.student_id}",
    "/assignments/{0.assignment_id}/submissions",
)


def misfits_at_every_width(page: Page) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{page.url}, {width} px: {what}" for what in misfits(page) + page.evaluate(RING)]
    return found


@pytest.mark.parametrize("language", ["en-GB", "vi-VN"])
def test_what_is_long_stays_in_its_card(desk: Desk, site: Site, language: str) -> None:
    course = small_course.fill(site.sessions)
    policy = Policy(attempts=5, points=12345.67, late=Late(0.1, 0.9, None)).to_json()
    site.change(lambda session: session.execute(update(Assignment).values(title=TITLE, policy=policy)))
    site.change(lambda session: session.execute(update(User).values(name=NAME)))
    student = desk.sign_in(small_course.STUDENT.email, locale=language)
    found = []
    practising = desk.sign_in("practises@example.org", locale=language)
    for slug, answers in (("and-gate", LONG), ("step-network-forward", FOLLOWS)):
        reply = practising.request.post(f"/exercises/{slug}", form={**answers}, max_redirects=0)
        practising.goto(reply.headers["location"])
        practising.locator("#submission[data-status='graded']").wait_for()
        found += misfits_at_every_width(practising)
    for who, addresses in (
        (student, STUDENTS),
        (desk.sign_in(small_course.INSTRUCTOR.email, locale=language), TEACHERS),
    ):
        for address in addresses:
            page = who.goto(address.format(course))
            assert page is not None
            assert page.status == 200, who.url
            found += misfits_at_every_width(who)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "sheet",
    ["backprop-2-2-2/answers/mistaken/stale-weights", "step-network-forward/answers/mistaken/activation-forgotten"],
)
def test_a_report_fits_the_narrowest_phones_in_vietnamese(desk: Desk, sheet: str) -> None:
    """Its words are the longest: a verdict that names a mistake, a table in the exercise's statement."""
    answers = tomllib.loads((EXERCISES / f"{sheet}.toml").read_text())
    student = desk.sign_in("practises@example.org", locale="vi-VN")
    student.set_viewport_size({"width": 320, "height": 900})
    form = {name: str(value) for name, value in answers.items()}
    sent = student.request.post(f"/exercises/{sheet.partition('/')[0]}", form={**form}, max_redirects=0)
    student.goto(sent.headers["location"])
    student.locator("#submission[data-status='graded']").wait_for()
    student.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert not misfits(student)
