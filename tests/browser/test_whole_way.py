"""The whole way: a course is made, its students answer, and their instructor sees what they did."""

import re
import tomllib
from datetime import timedelta

from playwright.sync_api import Page, expect

from grader.store.users import Role
from tests.fixtures.browser import Desk
from tests.fixtures.machine import CHECKOUT
from tests.fixtures.site import Site

SAMPLES = CHECKOUT / "exercises/backprop-2-2-2/answers"
ROSTER = "E-Mail;Name;Student number\nan@example.org;An Nguyen;2026001\nbinh@example.org;Binh Tran;2026002\n"


def test_from_a_course_to_marks(desk: Desk, site: Site) -> None:
    teacher = desk.sign_in("lan@example.org", Role.INSTRUCTOR)
    _make_course(teacher)
    _bring_people(teacher)
    _set_assignment(teacher, site)
    an, binh = desk.sign_in("an@example.org"), desk.sign_in("binh@example.org")
    _answer(an, "follows/bias-forgotten-then-consistent")
    _see_one_wrong_value_and_the_rest_followed(an)
    _answer(binh, "imprecise/rounded")
    expect(binh.locator("#submission[data-status='graded']")).to_be_visible()
    _see_the_class(teacher)


def _make_course(teacher: Page) -> None:
    teacher.goto("/courses")
    teacher.get_by_role("link", name="New course").click()
    teacher.get_by_label("Title").fill("Neural Networks")
    teacher.get_by_role("button", name="Create the course").click()
    expect(teacher.get_by_role("heading", name="Neural Networks")).to_be_visible()


def _bring_people(teacher: Page) -> None:
    teacher.get_by_role("link", name="People").click()
    teacher.get_by_role("link", name="Add people").click()
    teacher.get_by_label("Or rows").fill(ROSTER)
    teacher.get_by_role("button", name="Look at what it does").click()
    expect(teacher.get_by_role("row", name=re.compile("An Nguyen"))).to_contain_text("2026001")
    teacher.get_by_role("button", name="Do it: 2 people").click()
    expect(teacher.get_by_role("row", name=re.compile("Binh Tran"))).to_be_visible()


def _set_assignment(teacher: Page, site: Site) -> None:
    teacher.get_by_role("link", name="Neural Networks").click()
    teacher.get_by_role("link", name="New assignment").first.click()
    teacher.get_by_role("radio", name=re.compile("One step of backpropagation")).first.check()
    teacher.get_by_label("Due").fill((site.now() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M"))
    teacher.get_by_label("Attempts", exact=True).fill("2")
    teacher.get_by_role("button", name="Set the assignment").click()
    expect(teacher.get_by_text("Students are told:")).to_be_visible()


def _answer(student: Page, sample: str) -> None:
    student.goto("/")
    student.get_by_role("link", name=re.compile("One step of backpropagation")).first.click()
    for name, text in tomllib.loads((SAMPLES / f"{sample}.toml").read_text(encoding="utf-8")).items():
        student.locator(f"#field-{name}").fill(str(text))
    student.get_by_role("button", name=re.compile("^Send")).click()


def _see_one_wrong_value_and_the_rest_followed(student: Page) -> None:
    wrong = student.locator("[data-first-wrong]")
    expect(wrong).to_contain_text("First wrong step")
    expect(wrong).to_contain_text("bias")
    expect(student.locator("tr[data-verdict='mistaken'], tr[data-verdict='wrong']")).to_have_count(1)
    expect(student.locator("tr[data-verdict='follows']").first).to_contain_text("judged by your own")


def _see_the_class(teacher: Page) -> None:
    teacher.goto("/courses")
    teacher.get_by_role("link", name="Neural Networks").click()
    teacher.get_by_role("link", name=re.compile("One step of backpropagation")).first.click()
    expect(teacher.locator("main")).to_contain_text("2 / 2")
    teacher.get_by_role("link", name="Bias left out", exact=True).click()
    teacher.get_by_role("link", name=re.compile("An Nguyen")).first.click()
    expect(teacher.locator("main")).to_contain_text("net_h1 is what this gives")
