import itertools
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pytest
from numpy.typing import ArrayLike

from grader.judging.weights.fitting import fit
from grader.judging.weights.task import WeightsTask
from grader.weightfiles.limits import RefusedFile
from grader.weightfiles.read import Format, WeightFile
from tests.exercises.made import made

TEMPLATE = """
title = "Fitting"
[network]
inputs = [{inputs}]
[[network.layers]]
nodes = [{hidden}]
activation = "tanh"
{first}
[[network.layers]]
nodes = ["o1", "o2"]
activation = "logistic"
{second}
[values]
{values}
[[parts]]
title = "Weights"
points = 1
train = {train}
answer = "file"
within = 1
rows = [{{ {row} }}]
{keys}
"""


BOTH = {"first": "biases = true", "second": "biases = true", "train": '"all"', "values": "", "keys": ""}


def task(inputs: int = 2, hidden: int = 3, more: Mapping[str, str] = MappingProxyType({})) -> WeightsTask:
    names = [f"x{k + 1}" for k in range(inputs)]
    toml = TEMPLATE.format(
        inputs=", ".join(f'"{name}"' for name in names),
        hidden=", ".join(f'"h{k + 1}"' for k in range(hidden)),
        row=", ".join(f"{name} = 0" for name in (*names, "o1", "o2")),
        **{**BOTH, **more},
    )
    found = made(toml).parts[0].task
    assert isinstance(found, WeightsTask)
    return found


def file(arrays: Mapping[str, ArrayLike], kind: Format = Format.JSON) -> WeightFile:
    return WeightFile(kind, {name: np.asarray(values, dtype=np.float64) for name, values in arrays.items()})


FIRST, SECOND = np.arange(1.0, 7.0).reshape(3, 2), np.arange(7.0, 13.0).reshape(2, 3)
BIASES, LAST = np.array([0.1, 0.2, 0.3]), np.array([0.4, 0.5])
NUMBERS = {f"w{k}": float(k) for k in range(1, 13)}
NUMBERS |= {"b_h1": 0.1, "b_h2": 0.2, "b_h3": 0.3, "b_o1": 0.4, "b_o2": 0.5}


@pytest.mark.parametrize(
    "names",
    [
        ("0.weight", "0.bias", "2.weight", "2.bias"),
        ("model.hidden.weight", "model.hidden.bias", "model.out.weight", "model.out.bias"),
        ("W1", "b1", "W2", "b2"),
        ("w_1", "bias_1", "w_2", "bias_2"),
        ("hidden_weights", "hidden_biases", "output_weights", "output_biases"),
        ("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"),
        ("first", "p", "second", "q"),
    ],
)
def test_layers_are_matched_in_their_order_whatever_they_are_called(names: tuple[str, ...]) -> None:
    arrays = dict(zip(names, (FIRST, BIASES, SECOND, LAST), strict=True))
    for kind in (Format.JSON, Format.NPZ, Format.PYTORCH):
        assert fit(task(), file(arrays, kind)) == NUMBERS


@pytest.mark.parametrize("turn", list(itertools.product([False, True], repeat=2)))
def test_matrices_that_are_not_square_may_stand_either_way(turn: tuple[bool, bool]) -> None:
    matrices = [m.T if turned else m for m, turned in zip((FIRST, SECOND), turn, strict=True)]
    arrays = {"W1": matrices[0], "b1": BIASES, "W2": matrices[1], "b2": LAST}
    assert fit(task(), file(arrays)) == NUMBERS


def test_a_layer_out_of_order_is_told_by_its_shape() -> None:
    arrays = {"a.weight": SECOND[:, :2], "a.bias": LAST, "b.weight": np.ones((2, 5)), "b.bias": np.ones(2)}
    wanted = task(inputs=5, hidden=2)
    in_order = {"b.weight": arrays["b.weight"], "b.bias": arrays["b.bias"], **arrays}
    assert fit(wanted, file(arrays, Format.SAFETENSORS)) == fit(wanted, file(in_order))


SQUARE = {"0.weight": [[1, 2], [3, 4]], "2.weight": [[5, 6], [7, 8]]}
NONE = {"first": "", "second": ""}


def test_square_matrices_of_pytorch_have_a_row_for_each_node() -> None:
    wanted = task(hidden=2, more=NONE)
    found = fit(wanted, file(SQUARE, Format.PYTORCH))
    assert found == {f"w{k}": float(k) for k in range(1, 9)}
    assert fit(wanted, file(SQUARE, Format.SAFETENSORS)) == found


def test_square_kernels_of_keras_have_a_column_for_each_node() -> None:
    kernels = {"dense/kernel": [[1, 3], [2, 4]], "dense_1/kernel": [[5, 7], [6, 8]]}
    for kind in (Format.KERAS, Format.KERAS_H5, Format.SAFETENSORS, Format.NPZ):
        assert fit(task(hidden=2, more=NONE), file(kernels, kind)) == {f"w{k}": float(k) for k in range(1, 9)}


def test_square_matrices_without_a_convention_stand_as_the_exercise_states() -> None:
    plain = {"W1": SQUARE["0.weight"], "W2": SQUARE["2.weight"]}
    rows = fit(task(hidden=2, more=NONE), file(plain))
    columns = fit(task(hidden=2, more={**NONE, "keys": 'orientation = "in-out"'}), file(plain))
    assert (rows["w2"], columns["w2"]) == (2.0, 3.0)


def test_a_square_matrix_stands_as_the_others_of_its_file() -> None:
    arrays = {"W1": np.array([[1, 3], [2, 4], [9, 9]]), "W2": np.array([[5, 7], [6, 8]])}
    found = fit(task(inputs=3, hidden=2, more=NONE), file(arrays))
    assert (found["w1"], found["w2"], found["w7"], found["w8"]) == (1.0, 2.0, 5.0, 6.0)


def test_single_numbers_go_by_the_names_of_the_exercise() -> None:
    assert fit(task(), file(dict(reversed(NUMBERS.items())))) == NUMBERS


def test_a_bias_may_stand_as_a_row_or_a_column() -> None:
    arrays = {"W1": FIRST, "b1": BIASES[:, None], "W2": SECOND, "b2": LAST[None, :]}
    assert fit(task(), file(arrays)) == NUMBERS


SHARED = {"first": 'bias = "b1"', "second": 'bias = "b2"'}
HELD = {"values": "b1 = 0.5\nb2 = 0.25", "train": str([f"w{k}" for k in range(1, 13)])}


def test_biases_that_are_given_may_be_left_out_or_have_their_value() -> None:
    wanted = task(more=SHARED | HELD)
    weights: dict[str, ArrayLike] = {"W1": FIRST, "W2": SECOND}
    assert fit(wanted, file(weights)) == {f"w{k}": float(k) for k in range(1, 13)}
    single = {"b1": np.full(3, 0.5, dtype=np.float32), "b2": np.full(2, 0.25, dtype=np.float32)}
    assert fit(wanted, file({"W1": FIRST, "b1": single["b1"], "W2": SECOND, "b2": single["b2"]}))["w1"] == 1.0


def test_a_shared_bias_is_one_number() -> None:
    arrays: dict[str, ArrayLike] = {"W1": FIRST, "b1": [0.5] * 3, "W2": SECOND, "b2": [0.25] * 2}
    assert fit(task(more=SHARED), file(arrays))["b1"] == 0.5


@pytest.mark.parametrize(
    ("wanted", "arrays", "sentence"),
    [
        (
            {},
            {"W1": FIRST},
            "has weight matrices of 3 by 2, 2 by 3 (nodes by inputs, or transposed), but the file has 'W1' 3 by 2.",
        ),
        ({}, {"W1": FIRST, "W2": np.ones((4, 3))}, "the file has 'W1' 3 by 2, 'W2' 4 by 3."),
        ({}, {"b1": BIASES, "b2": LAST}, "which layer"),
        ({}, {"W1": np.ones((2, 3, 2)), "W2": SECOND}, "has 3 dimensions"),
        ({}, {"W1": FIRST, "W2": SECOND}, "Missing from the file: b_h1, b_h2, b_h3, b_o1 …"),
        ({}, {"W1": FIRST, "b1": LAST, "W2": SECOND, "b2": LAST}, "Layer 1 has 3 nodes; the file has 2 biases"),
        ({}, {"W1": FIRST, "b1": BIASES, "odd": LAST, "W2": SECOND, "b2": LAST}, "which layer 'odd' belongs to"),
        ({}, {"w1": 1.0, "w2": 2.0}, "Missing from the file: w3"),
        (NONE, {"W1": FIRST, "b1": BIASES, "W2": SECOND}, "no connection or no bias"),
        (SHARED, {"W1": FIRST, "b1": BIASES, "W2": SECOND, "b2": LAST}, "share b1"),
        (SHARED | HELD, {"W1": FIRST, "b1": [0.6] * 3, "W2": SECOND}, "b1 is fixed at 0.5 and not trained"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_place(
    wanted: dict[str, str], arrays: dict[str, ArrayLike], sentence: str
) -> None:
    with pytest.raises(RefusedFile) as caught:
        fit(task(more=wanted), file(arrays))
    assert sentence in caught.value.detail
