import pytest

from grader.services.courses.members import Student
from grader.services.gradebook.gradebook import (
    GradebookCell,
    GradebookFilter,
    GradebookOrder,
    GradebookRow,
    filtered_rows,
    plain_words,
)

NAMES = ("Nguyễn Văn An", "Đặng Thị Bình", "Lê Chi", "Ân Dũng")


def cell(points: float | None = None, **unusual: object) -> GradebookCell:
    usual = {"of": 10.0, "sent": points is not None, "due": False, "late_days": 0, "overridden": False}
    return GradebookCell(points=points, **{**usual, "regraded": False, "waiting": 0, "set_aside": 0, **unusual})  # type: ignore[arg-type] # each test says its own


def row(number: int, *cells: GradebookCell) -> GradebookRow:
    student = Student(number, NAMES[number], f"s{number}@example.org", f"N{9 - number}")
    points = sum(one.points or 0 for one in cells)
    return GradebookRow(student, cells, points, sum(one.of for one in cells if one.points is not None))


ROWS = [row(0, cell(5)), row(1, cell(9, late_days=1)), row(2, cell(due=True)), row(3, cell(7, regraded=True))]


def ids(
    words: str = "", shown: GradebookFilter = GradebookFilter.ALL, order: GradebookOrder | None = None
) -> list[int]:
    return [one.student.id for one in filtered_rows(ROWS, words, shown, order or GradebookOrder())]


def test_names_are_found_without_accents_and_capitals() -> None:
    assert ids("nguyen AN") == [0]
    assert ids("dang") == [1]
    assert ids("dung") == [3]
    assert ids("lê") == [2]


def test_numbers_and_addresses_are_found_too() -> None:
    assert ids("n8") == [1]
    assert ids("8") == [1]
    assert ids("s2@example") == [2]
    assert ids("nobody") == []


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (GradebookFilter.MISSING, [2]),
        (GradebookFilter.LATE, [1]),
        (GradebookFilter.BY_HAND, [3]),
        (GradebookFilter.WAITING, []),
    ],
)
def test_rows_are_shown_by_what_is_unusual_in_them(shown: GradebookFilter, wanted: list[int]) -> None:
    assert ids(shown=shown) == wanted


def test_names_are_sorted_as_they_are_read() -> None:
    assert ids() == [3, 1, 2, 0]
    assert ids(order=GradebookOrder("number")) == [3, 2, 1, 0]


def test_who_has_no_mark_comes_last_either_way() -> None:
    assert ids(order=GradebookOrder("0")) == [0, 3, 1, 2]
    assert ids(order=GradebookOrder("0", descending=True)) == [1, 3, 0, 2]
    assert ids(order=GradebookOrder("total", descending=True)) == [1, 3, 0, 2]


def test_rows_of_equal_keys_stay_in_the_order_of_names_either_way() -> None:
    order = GradebookOrder("0", descending=True)
    equal = [row(number, cell(points)) for number, points in enumerate((5, 9, None, 9))]
    assert [one.student.id for one in filtered_rows(equal, "", GradebookFilter.ALL, order)] == [1, 3, 0, 2]
    order = GradebookOrder("0")
    assert [one.student.id for one in filtered_rows(equal, "", GradebookFilter.ALL, order)] == [0, 1, 3, 2]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Đỗ Đức", "do duc"),
        ("Nguye\N{COMBINING CIRCUMFLEX ACCENT}\N{COMBINING TILDE}n", "nguyen"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łukasz", "łukasz"),
        ("ליאורה דָּנִי", "ליאורה דני"),
        ("N20260017", "n20260017"),
        ("", ""),
    ],
)
def test_accents_capitals_and_the_stroke_of_a_d_are_taken_away_and_nothing_else(text: str, plain: str) -> None:
    assert plain_words(text) == plain
