"""Exercises that work an epoch by hand, as an author writes them."""

from pathlib import Path

import pytest

from grader.catalog.load import load_folder
from grader.catalog.verify import verify
from tests.catalog.folders import mend, right_answers, write

EPOCH = """\
title = "Two rows by hand"

[network]
inputs = ["x1", "x2"]
learning_rate = 0.5

[[network.layers]]
nodes = ["y"]
activation = "step"
weights = [["w1", "w2"]]
bias = "w0"

[training]
rule = "perceptron"
rows = [{ x1 = 1, x2 = 0, y = 1 }, { x1 = 1, x2 = 1, y = 0 }]

[values]
w0 = -0.6
w1 = 0.3
w2 = 0.2

[[parts]]
title = "Both rows"
points = 2
ask = ["net_1", "y_1", "w1_1", "w2_1", "net_2", "y_2", "w1_2", "w2_2"]

[names]
out = "y_{node}"
"""


def epoch(directory: Path) -> Path:
    folder = write(directory / "epoch", {"exercise.toml": EPOCH, "statement.md": "Work it out."})
    return write(folder, {"answers/correct/all.toml": right_answers(folder)})


@pytest.mark.parametrize(("said", "net"), [("", 0.9), ("train_biases = true\n", 0.9), ("train_biases = false\n", 0.4)])
def test_the_bias_of_an_epoch_is_trained_unless_its_author_says_otherwise(
    tmp_path: Path, said: str, net: float
) -> None:
    folder = mend(epoch(tmp_path), "learning_rate = 0.5\n", f"learning_rate = 0.5\n{said}")
    exercise = load_folder(folder).exercise
    assert float(exercise.reference["net_2"]) == pytest.approx(net)
    assert ("w0_1" in exercise.graph) is (net == 0.9)
    write(folder, {"answers/correct/all.toml": right_answers(folder)})
    assert verify(folder) == ()


def test_an_author_who_asks_for_a_held_bias_is_told_why_there_is_none(tmp_path: Path) -> None:
    folder = mend(epoch(tmp_path), "learning_rate = 0.5\n", "learning_rate = 0.5\ntrain_biases = false\n")
    found = verify(mend(folder, '"w1_1", ', '"w0_1", "w1_1", '))
    assert [(one.key, one.reason) for one in found] == [
        ("parts.0.ask", "w0_1 is not computed: with train_biases = false, w0 keeps its value")
    ]
