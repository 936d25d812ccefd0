import pytest

from grader.judging.verdict import Verdict
from tests.exercises.figures import GATE, report, verdicts


def weigh(w0: str, w1: str, w2: str) -> dict[str, str]:
    return {"w0": w0, "w1": w1, "w2": w2}


@pytest.mark.parametrize(
    "weights",
    [
        weigh("-1.5", "1", "1"),
        weigh("-0.3", "0.1", "0.2"),
        weigh("-0,3", "0,2", "0,1"),
        weigh("-12650.1", "9249.9", "3400.2"),
        weigh("-3e-14", "2e-14", "2e-14"),
        weigh("-3", "2", "2"),
        weigh("-1000", "600", "700"),
        weigh("-2/3", "1/3", "1/2"),
        weigh("-1.5e-6", "1e-6", "1e-6"),
        weigh("-1.5e308", "1e308", "1e308"),
    ],
)
def test_any_weights_that_work_are_right(weights: dict[str, str]) -> None:
    found = report(GATE, weights)
    assert set(verdicts(found).values()) == {Verdict.CORRECT}
    assert found.score.given == found.score.max == 4.0
    assert [row.right for row in found.rows] == [True] * 4


@pytest.mark.parametrize(
    ("weights", "wrong_rows"),
    [
        (weigh("-0.5", "1", "1"), [1, 2]),
        (weigh("0", "0", "0"), [0, 1, 2]),
        (weigh("-1", "1", "1"), [1, 2]),
        (weigh("1.5", "-1", "-1"), [0, 1, 2, 3]),
        (weigh("-0.30000001", "0.1", "0.2"), [3]),
        (weigh("1e308", "1e308", "1e308"), [0, 1, 2]),
    ],
)
def test_weights_that_fail_on_a_row_are_wrong_together(weights: dict[str, str], wrong_rows: list[int]) -> None:
    found = report(GATE, weights)
    assert set(verdicts(found).values()) == {Verdict.WRONG}
    assert found.score.given == 0.0
    assert [k for k, row in enumerate(found.rows) if not row.right] == wrong_rows


def test_the_rows_show_what_the_weights_do() -> None:
    row = report(GATE, weigh("-1.5", "1", "1")).rows[3]
    assert row.inputs == {"x1": 1.0, "x2": 1.0}
    assert row.nets == {"net_y": 0.5}
    assert row.outputs == {"out_y": 1.0}
    assert row.targets == {"out_y": 1.0}


def test_nothing_is_tried_while_a_weight_is_blank() -> None:
    found = report(GATE, {"w0": "-1.5", "w1": "1"})
    assert set(verdicts(found).values()) == {Verdict.MISSING}
    assert found.rows == ()
    assert found.fields["w0"].note == "The weights cannot be tested while w2 is blank."


def test_each_field_of_the_group_has_its_share_of_the_points() -> None:
    found = report(GATE, weigh("-1.5", "1", "1"))
    assert [field.given for field in found.fields.values()] == pytest.approx([4 / 3] * 3)
