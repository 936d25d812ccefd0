"""Names of columns: no two alike, and none that Canvas, Moodle or a spreadsheet reads as something else."""

from dataclasses import replace

import pytest

from grader.judging.policy import Policy
from grader.services.assignments.assignments import CourseAssignment
from grader.web.pages.column_headings import (
    CANVAS,
    MOODLE,
    SPREADSHEET,
    GradebookProgram,
    RenameReason,
    column_headings,
)

ONE = CourseAssignment(1, 1, "NN", "UTC", "xor", "", None, None, Policy(), {}, "", archived=False)


def named(titles: list[str], reader: GradebookProgram, ids: dict[int, str] | None = None) -> list[str]:
    assignments = [replace(ONE, id=number, title=title) for number, title in enumerate(titles, start=1)]
    return [heading.text for heading in column_headings(assignments, reader, ids or {})]


@pytest.mark.parametrize("reader", [CANVAS, MOODLE, SPREADSHEET])
def test_assignments_of_one_title_are_told_apart_by_their_number(reader: GradebookProgram) -> None:
    assert named(["XOR", "xor", "AND", " XOR "], reader) == ["XOR [1]", "xor [2]", "AND", "XOR [4]"]
    assert named(["XOR", "XOR", "XOR [1]"], reader) == ["XOR [1] [1]", "XOR [2]", "XOR [1] [3]"]


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("Final Score", "Final-Score"),
        ("Unposted Final Grade", "Unposted Final-Grade"),
        ("My Current Points so far", "My Current-Points so far"),
        ("Override Status", "Override-Status"),
        ("final score", "final score"),  # Canvas minds capitals
        ("Final exam", "Final exam"),
        ("Homework (2)", "Homework [2]"),
        ("Homework(2)", "Homework(2)"),
        ("Section", "Section [1]"),
        ("ID", "ID [1]"),
        ("Points Possible", "Points Possible [1]"),
        ("Notes", "Notes [1]"),
    ],
)
def test_what_canvas_would_ignore_or_misread_is_made_safe(title: str, column: str) -> None:
    assert named([title], CANVAS) == [column]


def test_canvas_own_number_stays_at_the_end() -> None:
    assert named(["Final Score", "XOR", "XOR (2)"], CANVAS, {1: "77", 2: "78", 3: "79"}) == [
        "Final-Score (77)",
        "XOR (78)",
        "XOR (2) (79)",
    ]


def test_columns_that_tell_who_somebody_is_are_not_doubled() -> None:
    assert named(["ID number", "Full Name"], MOODLE) == ["ID number [1]", "Full Name [2]"]
    assert named(["email"], SPREADSHEET) == ["email [1]"]


def test_the_reasons_are_given() -> None:
    assignments = [replace(ONE, id=number, title="Final Score") for number in (1, 2)]
    assert {heading.why for heading in column_headings(assignments, CANVAS, {})} == {
        (RenameReason.IGNORED, RenameReason.SAME_TITLE)
    }
