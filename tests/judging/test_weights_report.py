import math

import pytest

from grader.judging.verdict import Verdict
from grader.judging.weights_report import TrainedReport
from tests.exercises.figures import report, verdicts
from tests.exercises.made import judged, made

LINE = """
title = "A line"
[network]
inputs = ["x"]
loss = "half-squared"
[[network.layers]]
nodes = ["o"]
activation = "identity"
weights = [["w"]]
bias = "b"
[[parts]]
title = "Weights"
points = 1
train = "all"
"""

XOR = {"w1": "1", "w2": "1", "b1": "-0.5", "w3": "1", "w4": "1", "b2": "-1.5", "w5": "1", "w6": "-1", "b3": "-0.5"}


def line(keys: str) -> str:
    return LINE + keys


def trained(toml: str, weights: dict[str, float]) -> TrainedReport:
    found = judged(made(toml), weights).trained
    assert found is not None
    return found


ROWS = "rows = [{ x = 0, o = 1 }, { x = 1, o = 3 }]\n"


def test_the_loss_is_the_mean_over_the_rows() -> None:
    found = trained(line(ROWS + "loss_below = 0.1"), {"w": 1.0, "b": 1.0})
    assert found.loss == pytest.approx((0.0 + 0.5) / 2)
    assert (found.right, found.rows, found.accuracy) == (1, 2, 0.5)


def test_a_loss_at_its_bound_is_not_below_it() -> None:
    exercise = made(line(ROWS + "loss_below = 0.25"))
    assert set(verdicts(judged(exercise, {"w": 1.0, "b": 1.0})).values()) == {Verdict.WRONG}
    assert set(verdicts(judged(exercise, {"w": 1.001, "b": 1.0})).values()) == {Verdict.CORRECT}


def test_a_loss_that_is_too_large_is_said_with_its_bound() -> None:
    found = judged(made(line(ROWS + "loss_below = 0.1")), {"w": 1.0, "b": 1.0})
    assert found.notes == ("The loss, averaged over 2 rows, is 0.25; it must be below 0.1.",)


def test_an_output_may_be_off_by_what_within_says() -> None:
    exercise = made(line(ROWS + "within = 0.5"))
    assert judged(exercise, {"w": 2.5, "b": 1.0}).score.given == 1.0
    assert judged(exercise, {"w": 2.51, "b": 1.0}).score.given == 0.0


def test_the_margin_is_what_is_left_of_the_tolerance() -> None:
    assert trained(line(ROWS + "within = 0.5"), {"w": 2.25, "b": 1.0}).margin == pytest.approx(0.25)
    assert trained(line(ROWS + "within = 0.5"), {"w": 3.0, "b": 1.0}).margin == pytest.approx(-0.5)


def test_without_a_tolerance_an_output_has_to_be_nearer_to_its_own_target() -> None:
    exercise = made(line(ROWS + "accuracy = 1.0"))
    found = judged(exercise, {"w": 0.0, "b": 2.0})
    assert (found.score.given, [row.right for row in found.rows]) == (0.0, [False, False])
    assert judged(exercise, {"w": 0.2, "b": 1.9}).score.given == 1.0


def test_an_output_halfway_between_the_targets_is_right_for_neither() -> None:
    found = trained(line(ROWS + "accuracy = 0.5"), {"w": 0.0, "b": 2.0})
    assert (found.accuracy, found.margin) == (0.0, 0.0)


def test_the_share_of_right_rows_is_held_to_what_is_asked() -> None:
    exercise = made(line(ROWS + "accuracy = 0.5"))
    assert judged(exercise, {"w": 0.0, "b": 0.0}).score.given == 1.0
    found = judged(exercise, {"w": 0.0, "b": 2.0})
    assert found.score.given == 0.0
    assert found.notes == ("0 of 2 rows are correct (0.0%); a share of at least 0.5 is required.",)


def test_a_demand_that_fails_fails_the_group() -> None:
    exercise = made(line(ROWS + "accuracy = 1.0\nloss_below = 0.01"))
    assert judged(exercise, {"w": 2.0, "b": 1.0}).score.given == 1.0
    assert judged(exercise, {"w": 1.5, "b": 1.3}).score.given == 0.0


def test_weights_out_of_bounds_are_named() -> None:
    found = judged(made(line(ROWS + "within = 9\nbounds = [-2, 2]")), {"w": 2.5, "b": -2.0})
    assert found.score.given == 0.0
    assert found.notes == ("Weights must be between -2 and 2; these are not: w = 2.5.",)
    assert found.trained is not None
    assert found.trained.broken == found.notes


def test_weights_that_are_no_whole_numbers_are_named() -> None:
    exercise = made(line(ROWS + "within = 9\nintegers = true"))
    assert judged(exercise, {"w": 2.0, "b": -1.0}).score.given == 1.0
    found = judged(exercise, {"w": 2.5, "b": 0.25})
    assert found.notes == ("Weights must be whole numbers; these are not: w = 2.5, b = 0.25.",)


def test_wrong_rows_are_named_with_what_they_gave() -> None:
    found = report("xor-2-2-1", {**XOR, "w6": "0"})
    assert found.notes == ("1 of 4 rows is wrong: (1, 1) gives out_o = 1 instead of 0.",)


def test_the_margin_of_threshold_units_does_not_depend_on_the_scale_of_the_weights() -> None:
    margins = []
    for scale in (1.0, 40.0):
        found = report("xor-2-2-1", {name: repr(float(text) * scale) for name, text in XOR.items()})
        assert found.score.given == found.score.max
        assert found.trained is not None
        margins.append(found.trained.margin)
    assert margins == [pytest.approx(0.5 / math.sqrt(2.0))] * 2


def test_hidden_units_that_change_places_are_all_the_same() -> None:
    swapped = {**XOR, "b1": "-1.5", "b2": "-0.5", "w5": "-1", "w6": "1"}
    first, second = report("xor-2-2-1", XOR), report("xor-2-2-1", swapped)
    assert first.trained is not None
    assert second.trained is not None
    assert first.trained.margin == second.trained.margin
    assert first.score == second.score


def test_a_hidden_unit_of_tanh_may_have_either_sign() -> None:
    toml = LINE.replace(
        'nodes = ["o"]\nactivation = "identity"\nweights = [["w"]]\nbias = "b"',
        """nodes = ["h"]
activation = "tanh"
weights = [["v"]]
[[network.layers]]
nodes = ["o"]
activation = "identity"
weights = [["w"]]""",
    )
    exercise = made(toml + "rows = [{ x = 1, o = 0.5 }]\nwithin = 0.3")
    plain, negated = judged(exercise, {"v": 1.0, "w": 1.0}), judged(exercise, {"v": -1.0, "w": -1.0})
    assert plain.rows == negated.rows
    assert plain.score == negated.score


def test_a_net_on_the_line_is_right_without_a_margin() -> None:
    found = report("and-gate", {"w0": "-0.3", "w1": "0.1", "w2": "0.2"})
    assert found.score.given == found.score.max
    assert found.trained is not None
    assert found.trained.margin == 0.0


def test_weights_of_nothing_have_no_margin() -> None:
    found = report("and-gate", {"w0": "-1", "w1": "0", "w2": "0"})
    assert found.trained is not None
    assert found.trained.margin is None
    assert [row.right for row in found.rows] == [True, True, True, False]


def test_values_without_a_value_are_never_right() -> None:
    found = judged(made(line("rows = [{ x = 1e10, o = 0 }]\nwithin = 1e9")), {"w": 1e308, "b": -1e308})
    assert found.score.given == 0.0
    nan = judged(
        made(line("rows = [{ x = 1e10, o = 0 }, { x = -1e10, o = 1 }]\naccuracy = 0.1")), {"w": 1e308, "b": 1e308}
    )
    assert nan.trained is not None
    assert nan.trained.loss is None


def test_rows_of_a_hidden_set_are_counted_and_not_listed() -> None:
    toml = line("within = 1\n[parts.data]\nfile = 'data/rows.csv'\nhidden = true")
    found = judged(made(toml, rows="x,o\n0,1\n1,3\n"), {"w": 0.0, "b": 0.0})
    assert found.rows == ()
    assert found.notes == ("1 of 2 rows is wrong.",)
    assert found.trained is not None
    assert (found.trained.rows, found.trained.hidden) == (2, True)


def test_of_many_rows_the_first_are_listed() -> None:
    data = "x,o\n" + "".join(f"{k},{k}\n" for k in range(500))
    found = judged(made(line("within = 0\n[parts.data]\nfile = 'data/rows.csv'"), rows=data), {"w": 1.0, "b": 0.0})
    assert found.score.given == 1.0
    assert len(found.rows) == 200
    assert found.trained is not None
    assert found.trained.right == 500


def test_the_largest_output_decides_among_several() -> None:
    toml = """
title = "Softmax"
[network]
inputs = ["x"]
loss = "cross-entropy"
[[network.layers]]
nodes = ["a", "b"]
activation = "softmax"
weights = [["wa"], ["wb"]]
[[parts]]
title = "Weights"
points = 1
train = "all"
rows = [{ x = 1, a = 1, b = 0 }, { x = -1, a = 0, b = 1 }]
accuracy = 1.0
"""
    right, wrong = judged(made(toml), {"wa": 1.0, "wb": 0.0}), judged(made(toml), {"wa": 0.0, "wb": 1.0})
    assert (right.score.given, wrong.score.given) == (1.0, 0.0)
    assert right.trained is not None
    assert right.trained.margin == pytest.approx(math.tanh(0.5))
    assert right.trained.loss == pytest.approx(math.log1p(math.exp(-1.0)))


def test_what_was_tried_stands_in_the_report() -> None:
    found = report("and-gate", {"w0": "-3/2", "w1": "1", "w2": "1,0"}).trained
    assert found is not None
    assert found.weights == {"w0": -1.5, "w1": 1.0, "w2": 1.0}
    assert found.source == "fields"
