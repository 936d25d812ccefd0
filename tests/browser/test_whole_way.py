"""The whole way: a course is made, its students answer, and their instructor sees what they did."""

import csv
import re
import tomllib
from datetime import timedelta

from playwright.sync_api import Page, expect

from grader.vocabulary import Role
from tests.fixtures.browser import Desk
from tests.fixtures.machine import CHECKOUT
from tests.fixtures.site import Site

SAMPLES = CHECKOUT / "exercises/backprop-2-2-2/answers"
EXERCISE = re.compile("One step of backpropagation")
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
    _regrade(teacher)
    binh.goto("/")
    expect(binh.locator("main")).to_contain_text("Two digits are enough.")
    binh.get_by_role("link", name=EXERCISE).first.click()
    expect(binh.locator("main")).to_contain_text("35 of 35")
    _export(teacher)


def _make_course(teacher: Page) -> None:
    teacher.goto("/courses")
    teacher.get_by_role("link", name="New course").click()
    teacher.get_by_label("Title").fill("Neural Networks")
    teacher.get_by_role("button", name="Create course").click()
    expect(teacher.get_by_role("heading", name="Neural Networks")).to_be_visible()


def _bring_people(teacher: Page) -> None:
    teacher.get_by_role("link", name="People").click()
    teacher.get_by_role("link", name="Add people").click()
    teacher.get_by_label("Or paste rows").fill(ROSTER)
    teacher.get_by_role("button", name="Preview import").click()
    expect(teacher.get_by_role("row", name=re.compile("An Nguyen"))).to_contain_text("2026001")
    teacher.get_by_role("button", name="Import 2 people").click()
    expect(teacher.get_by_role("row", name=re.compile("Binh Tran"))).to_be_visible()


def _set_assignment(teacher: Page, site: Site) -> None:
    teacher.get_by_role("link", name="Neural Networks").click()
    teacher.get_by_role("link", name="New assignment").first.click()
    teacher.get_by_role("radio", name=EXERCISE).first.check()
    teacher.get_by_label("Due").fill((site.now() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M"))
    teacher.get_by_label("Attempts", exact=True).fill("2")
    teacher.get_by_role("button", name="Create assignment").click()
    expect(teacher.get_by_text("Saved. Students now see:")).to_be_visible()


def _answer(student: Page, sample: str) -> None:
    student.goto("/")
    student.get_by_role("link", name=EXERCISE).first.click()
    for name, text in tomllib.loads((SAMPLES / f"{sample}.toml").read_text(encoding="utf-8")).items():
        student.locator(f"#field-{name}").fill(str(text))
    student.get_by_role("button", name=re.compile("^Submit")).click()


def _see_one_wrong_value_and_the_rest_followed(student: Page) -> None:
    wrong = student.locator("[data-first-wrong]")
    expect(wrong).to_contain_text("First error")
    expect(wrong).to_contain_text("bias")
    expect(student.locator("tr[data-verdict='mistaken'], tr[data-verdict='wrong']")).to_have_count(1)
    expect(student.locator("tr[data-verdict='follows']").first).to_contain_text("graded with your own")


def _open_the_class(teacher: Page) -> None:
    teacher.goto("/courses")
    teacher.get_by_role("link", name="Neural Networks").click()
    teacher.get_by_role("link", name=EXERCISE).first.click()


def _see_the_class(teacher: Page) -> None:
    _open_the_class(teacher)
    expect(teacher.locator("main")).to_contain_text("2 / 2")
    teacher.get_by_role("link", name="Bias missing", exact=True).click()
    teacher.get_by_role("link", name=re.compile("An Nguyen")).first.click()
    teacher.get_by_role("link", name="Attempt 1").click()
    expect(teacher.locator("main")).to_contain_text("This mistake reproduces net_h1")


def _regrade(teacher: Page) -> None:
    """One value of Binh's has two digits, which a wider tolerance takes for right."""
    _open_the_class(teacher)
    teacher.get_by_role("link", name="Regrade…").click()
    teacher.get_by_text("Individual fields: tolerance and points").click()
    teacher.get_by_label("Tolerance of out_h1", exact=True).select_option("share of the value")
    teacher.get_by_label("Value of the tolerance of out_h1").fill("0.01")
    teacher.get_by_label("Reason for the regrade").fill("Two digits are enough.")
    teacher.get_by_role("button", name="Preview changes").click()
    expect(teacher.locator("[data-count='gains']")).to_have_text("1")
    expect(teacher.locator("[data-count='losses']")).to_have_text("0")
    expect(teacher.get_by_role("row", name=re.compile("Binh Tran"))).to_contain_text("+0.5")
    teacher.get_by_role("button", name="Apply regrade").click()
    expect(teacher.locator("[data-state='applied']")).to_be_visible()


def _export(teacher: Page) -> None:
    _open_the_class(teacher)
    teacher.get_by_role("link", name="Export", exact=True).click()
    with teacher.expect_download() as expected:
        teacher.get_by_role("link", name="For a spreadsheet (CSV)").click()
    rows = list(csv.DictReader(expected.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert {row["email"]: row["points"] for row in rows} == {"an@example.org": "34", "binh@example.org": "35"}
