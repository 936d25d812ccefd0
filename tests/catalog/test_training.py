import pytest

from grader.catalog.validation import ExerciseErrors
from grader.judging.weights.task import WeightsTask
from tests.exercises.made import made

START = """
title = "Training"
[network]
inputs = ["x1", "x2"]
loss = "mean-squared"
[[network.layers]]
nodes = ["h1", "h2"]
activation = "tanh"
biases = true
[[network.layers]]
nodes = ["o"]
activation = "logistic"
biases = true
[[parts]]
title = "Weights"
points = 2
train = "all"
"""
MOONS = '[parts.data]\ngenerator = "two-moons"\nseed = 3\ncount = 60\nnoise = 0.1\n'


def problems(toml: str, **data: str) -> list[tuple[str, str]]:
    with pytest.raises(ExerciseErrors) as caught:
        made(toml, **data)
    return [(problem.key, problem.reason) for problem in caught.value.problems]


def test_all_weights_and_biases_may_be_asked_without_naming_one() -> None:
    exercise = made(START + "accuracy = 0.9\n" + MOONS)
    assert exercise.field_names == ("w1", "w2", "w3", "w4", "w5", "w6", "b_h1", "b_h2", "b_o")
    assert exercise.max_points == 2.0


def test_rows_may_come_from_a_file_of_the_folder() -> None:
    exercise = made(START + "within = 0.5\n[parts.data]\nfile = 'data/rows.csv'", rows="x1,x2,o\n0,1,1\n-1,.5,0\n")
    task = exercise.parts[0].task
    assert isinstance(task, WeightsTask)
    assert task.data.inputs["x1"].tolist() == [0.0, -1.0]
    assert task.data.targets["out_o"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("keys", "data", "key", "reason"),
    [
        ("", "", "parts.0.rows", "give either `rows` or `data`"),
        ("rows = [{ x1 = 0, x2 = 0, o = 0 }]\n" + MOONS, "", "parts.0.rows", "either"),
        ("rows = [{ x1 = 0, x2 = 0 }]\n", "", "parts.0.rows.0", "must give x1, x2, o"),
        ("[parts.data]\nhidden = true", "", "parts.0.data", "needs either `file` or `generator`"),
        ("[parts.data]\nfile = 'data/other.csv'", "", "parts.0.data.file", "there is no data/other.csv"),
        ("[parts.data]\nfile = 'data/rows.csv'", "x1,x2\n1,2\n", "parts.0.data.file", "the heading x1,x2,o"),
        ("[parts.data]\nfile = 'data/rows.csv'", "x1,x2,o\n1,2,3\n1,2,nan\n", "parts.0.data.file", "line 3"),
        ("[parts.data]\nfile = 'data/rows.csv'", "x1,x2,o\n", "parts.0.data.file", "0 rows"),
        ("[parts.data]\nfile = '../secret.csv'", "", "parts.0.data.file", ""),
        ("[parts.data]\ngenerator = 'two-suns'", "", "parts.0.data.generator", "there are two-moons"),
        ("[parts.data]\ngenerator = 'two-moons'\ncount = 5", "", "parts.0.data.seed", "the same everywhere"),
        ("bounds = [1, -1]\n" + MOONS, "", "parts.0.bounds", "in this order"),
        ("rows = [{ x1 = 0, x2 = 0, o = 0 }]\n", "", "parts.0.within", "no wrong side"),
    ],
)
def test_an_author_is_told_what_is_off_with_the_data(keys: str, data: str, key: str, reason: str) -> None:
    found = problems(START + keys, rows=data)
    assert any(at == key and reason in said for at, said in found), found


def test_a_bound_of_the_loss_needs_a_loss() -> None:
    toml = START.replace('loss = "mean-squared"\n', "") + "loss_below = 0.1\n" + MOONS
    assert problems(toml) == [("parts.0.loss_below", "without network.loss there is no loss")]


def test_generators_make_two_inputs_and_one_output() -> None:
    toml = START.replace('inputs = ["x1", "x2"]', 'inputs = ["x1", "x2", "x3"]') + "accuracy = 0.5\n" + MOONS
    assert problems(toml)[0][0] == "parts.0.data.generator"


def test_a_network_is_trained_once() -> None:
    part = START[START.index("[[parts]]") :] + "within = 1\nrows = [{ x1 = 0, x2 = 0, o = 0 }]\n"
    toml = START[: START.index("[[parts]]")] + part + part
    assert any("trained once" in reason for _, reason in problems(toml))


def test_keys_of_training_mean_nothing_elsewhere() -> None:
    toml = START.replace('train = "all"', 'ask = ["net_o"]') + "within = 0.5\n"
    assert "parts.0.within" in [key for key, _ in problems(toml)]
