"""The decision region: a picture that says the same as its words and its table."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from grader.judging.report import Report
from grader.web.pages.figure.decision_region import SIDE, Panel, Region, region_of
from tests.exercises.figures import exercise, report
from tests.exercises.made import judged, made
from tests.web.pages.conftest import send

XOR = {"w1": "1", "w2": "1", "b1": "-0.5", "w3": "1", "w4": "1", "b2": "-1.5", "w5": "1", "w6": "-1", "b3": "-0.5"}


def region(slug: str, weights: dict[str, str]) -> Region:
    found = region_of(exercise(slug), report(slug, weights))
    assert found is not None
    return found


def panel(slug: str, weights: dict[str, str]) -> Panel:
    return region(slug, weights).panels[0]


def test_a_line_parts_the_picture_where_the_weights_say() -> None:
    found = panel("and-gate", {"w0": "-1.5", "w1": "1", "w2": "1"})
    assert (found.output, found.low, found.high) == ("out_y", -1.0, 1.0)
    corners = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", found.path)]
    # From -0.2 to 1.2 each way: x1 + x2 = 1.5 is a straight line near the upper right corner.
    on_the_line = [(x, y) for x, y in corners if abs((x + SIDE - y) / SIDE * 1.4 - 0.4 - 1.5) < 1e-2]
    assert len(on_the_line) > 10
    assert (SIDE, 0.0) in corners
    assert found.share == pytest.approx(0.9 * 0.9 / 2 / 1.4**2, abs=0.01)


def test_the_table_says_which_places_belong_to_the_region() -> None:
    table = panel("and-gate", {"w0": "-1.5", "w1": "1", "w2": "1"}).table
    assert [sum(row) for row in table] == [3, 2, 1, 0, 0]
    assert table[0] == (False, False, True, True, True)


def test_the_rows_stand_where_they_are() -> None:
    points = panel("xor-2-2-1", XOR).points
    low, high = round(SIDE * 0.2 / 1.4, 1), round(SIDE * 1.2 / 1.4, 1)
    assert [(point.x, point.y, point.is_high) for point in points] == [
        (low, high, False),
        (low, low, True),
        (high, high, True),
        (high, low, False),
    ]


def test_weights_that_always_say_the_same_have_all_or_nothing() -> None:
    everything = panel("and-gate", {"w0": "1", "w1": "0", "w2": "0"})
    nothing = panel("and-gate", {"w0": "-1", "w1": "0", "w2": "0"})
    assert (everything.share, nothing.share, nothing.path) == (1.0, 0.0, "")
    assert everything.path.startswith("M")


def test_a_line_through_places_of_the_grid_belongs_to_the_region() -> None:
    assert panel("and-gate", {"w0": "0", "w1": "0", "w2": "0"}).share == 1.0


def test_weights_beyond_all_measure_have_a_picture_still() -> None:
    assert 0.0 <= panel("and-gate", {"w0": "-1e308", "w1": "1e308", "w2": "1e308"}).share <= 1.0


def test_hidden_rows_are_not_drawn() -> None:
    toml = """
title = "Moons"
[network]
inputs = ["x1", "x2"]
[[network.layers]]
nodes = ["o"]
activation = "logistic"
biases = true
[[parts]]
title = "Weights"
points = 1
train = "all"
accuracy = 0.5
[parts.data]
generator = "two-moons"
seed = 1
count = 50
hidden = true
"""
    moons = made(toml)
    found = region_of(moons, judged(moons, {"w1": 0.0, "w2": -1.0, "b_o": 0.25}))
    assert found is not None
    assert found.panels[0].points == ()
    assert 0.3 < found.panels[0].share < 0.7


@pytest.mark.parametrize(
    ("slug", "weights"),
    [
        ("backprop-2-2-2-train", {f"w{k}": "0.5" for k in range(1, 9)}),
        ("step-network-forward", {"v3": "2"}),
        ("and-gate", {"w0": "1"}),
    ],
)
def test_where_there_is_nothing_to_part_there_is_no_picture(slug: str, weights: dict[str, str]) -> None:
    assert region_of(exercise(slug), report(slug, weights)) is None


def test_before_there_is_a_report_there_is_no_picture() -> None:
    nothing: Report | None = None
    assert region_of(exercise("and-gate"), nothing) is None


def test_the_page_shows_the_region_with_its_words(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    address = send(student, "xor-2-2-1", XOR)
    grade_all()
    page = student.get(address).text
    assert 'class="region" viewBox="0 0 240 240" role="img" aria-labelledby="region-out_o"' in page
    assert "is closer to 1 than to 0 in the shaded region" in page
    assert "Show as table" in page
    assert "style=" not in page
