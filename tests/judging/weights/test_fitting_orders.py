"""Files with an ambiguous order or orientation are read the way that solves the task, and the report says so."""

import io
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.judging.answers import Entry, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from grader.judging.weights.fitting import readings
from grader.judging.weights.task import WeightsTask
from grader.weightfiles.read import Format, WeightFile, read_weights
from tests.exercises.made import made
from tests.fixtures.languages import VIETNAMESE
from tests.weightfiles.forged import safetensors

Arrays = Mapping[str, NDArray[np.float64]]

TOML = """
title = "Layers of one shape"
[network]
inputs = ["x1", "x2"]
{layers}
[[parts]]
title = "Weights"
points = 1
train = "all"
answer = "file"
within = 0.001
rows = [{rows}]
"""
LAYER = '[[network.layers]]\nnodes = ["{letter}1", "{letter}2"]\nactivation = "tanh"\nbiases = true\n'


@dataclass(frozen=True)
class Trained:
    """An exercise that these matrices and biases, and hardly any others, solve."""

    exercise: Exercise
    matrices: Sequence[NDArray[np.float64]]
    biases: Sequence[NDArray[np.float64]]

    def arrays(self, names: Sequence[str], weight: str = "weight", bias: str = "bias") -> Arrays:
        """Return a state_dict with these names of layers."""
        found: dict[str, NDArray[np.float64]] = {}
        for name, matrix, biases in zip(names, self.matrices, self.biases, strict=True):
            found |= {f"{name}.{weight}": matrix, f"{name}.{bias}": biases}
        return found


def trained(layers: int = 2) -> Trained:
    rng = np.random.default_rng(layers)
    matrices, biases = rng.normal(size=(layers, 2, 2)), rng.normal(size=(layers, 2))
    rows = []
    for x in rng.normal(size=(6, 2)).round(3):
        out = x
        for matrix, bias in zip(matrices, biases, strict=True):
            out = np.tanh(matrix @ out + bias)
        letter = "abcdef"[layers - 1]
        rows.append(f"{{ x1 = {x[0]}, x2 = {x[1]}, {letter}1 = {out[0]:.9f}, {letter}2 = {out[1]:.9f} }}")
    toml = TOML.format(
        layers="".join(LAYER.format(letter=letter) for letter in "abcdef"[:layers]), rows=", ".join(rows)
    )
    return Trained(made(toml), list(matrices), list(biases))


def report_of(exercise: Exercise, content: bytes) -> Report:
    entries = {"weights": Entry("w", file="0")}
    return judge(exercise, [read_answers(exercise, entries, {"0": content})])[0]


def as_safetensors(arrays: Arrays) -> bytes:
    """As the library writes it: by name."""
    header: dict[str, Any] = {}
    body = b""
    for name in sorted(arrays):
        raw = arrays[name].astype("<f8").tobytes()
        header[name] = {"dtype": "F64", "shape": list(arrays[name].shape), "data_offsets": [len(body), len(body + raw)]}
        body += raw
    return safetensors(header, body)


def as_npz(arrays: Arrays) -> bytes:
    made_of = io.BytesIO()
    np.savez(made_of, allow_pickle=False, **arrays)
    return made_of.getvalue()


def as_h5(arrays: Arrays, listed: Sequence[str] | None = None) -> bytes:
    """As Keras 2 writes it; its kernels have a column for each node."""
    made_of = io.BytesIO()
    with h5py.File(made_of, "w") as file:
        if listed is not None:
            file.attrs["layer_names"] = [name.encode() for name in listed]
        for name, values in arrays.items():
            layer, _, role = name.partition(".")
            file[f"{layer}/{layer}/{'kernel' if role == 'weight' else role}:0"] = values.T
    return made_of.getvalue()


NAMES = [("hidden", "classifier"), ("encoder", "decoder"), ("zeta", "alpha"), ("fc1", "fc2"), ("layer2", "layer10")]


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("write", [as_safetensors, as_npz, as_h5])
def test_layers_of_one_shape_are_read_in_the_order_that_works(
    names: tuple[str, str], write: Callable[[Arrays], bytes]
) -> None:
    net = trained()
    found = report_of(net.exercise, write(net.arrays(names)))
    assert found.fields["weights"].verdict is Verdict.CORRECT


def test_keras_lists_its_layers_in_order() -> None:
    net = trained()
    names = ("zeta", "alpha")
    content = as_h5(net.arrays(names), names)
    assert [name.partition("/")[0] for name in read_weights(content).arrays][::2] == list(names)
    found = report_of(net.exercise, content)
    assert found.fields["weights"].verdict is Verdict.CORRECT
    assert found.notes == ()


def test_where_nothing_tells_the_order_the_report_says_which_was_taken() -> None:
    net = trained()
    (note,) = report_of(net.exercise, as_safetensors(net.arrays(("zeta", "alpha")))).notes
    assert note == "The layers in the file were read in this order: 'zeta.weight', 'alpha.weight'."


def test_words_for_hidden_and_output_layers_tell_the_order() -> None:
    net = trained()
    for names in (("hidden", "classifier"), ("encoder", "decoder"), ("input_layer", "a_layer")):
        assert report_of(net.exercise, as_safetensors(net.arrays(names))).notes == ()


def test_where_no_order_works_and_none_is_told_the_report_says_so() -> None:
    net = trained()
    wrong = {name: values + 1 for name, values in net.arrays(("zeta", "alpha")).items()}
    found = report_of(net.exercise, as_safetensors(wrong))
    assert found.fields["weights"].verdict is Verdict.WRONG
    assert "does not record the order of its layers" in found.notes[-1]
    assert "không thứ tự nào đạt yêu cầu" in found.in_language(VIETNAMESE).notes[-1]


def test_where_the_order_is_told_a_wrong_answer_says_nothing_of_it() -> None:
    net = trained()
    wrong = {name: values + 1 for name, values in net.arrays(("fc1", "fc2")).items()}
    for content in (as_npz(wrong), as_safetensors(wrong)):
        assert not any("order" in note for note in report_of(net.exercise, content).notes)


def test_four_layers_of_one_shape_are_found_in_any_order() -> None:
    net = trained(4)
    for names in itertools.islice(itertools.permutations("abcd"), 0, 24, 5):
        found = report_of(net.exercise, as_safetensors(net.arrays(names)))
        assert found.fields["weights"].verdict is Verdict.CORRECT, names


def test_ten_layers_come_after_two() -> None:
    task = trained(6).exercise.parts[0].task
    assert isinstance(task, WeightsTask)
    arrays = trained(6).arrays([f"layer{k}" for k in (1, 2, 3, 8, 9, 10)])
    in_order = {name: arrays[name] for name in sorted(arrays)}
    first = readings(task, WeightFile(Format.SAFETENSORS, in_order))[0]
    assert first.order == tuple(f"layer{k}.weight" for k in (1, 2, 3, 8, 9, 10))


@pytest.mark.parametrize("which", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("names", [("0", "2"), ("hidden", "out")])
def test_square_matrices_may_be_transposed_against_the_convention(
    which: tuple[int, ...], names: tuple[str, str]
) -> None:
    net = trained()
    arrays = dict(net.arrays(names))
    for k in which:
        arrays[f"{names[k]}.weight"] = arrays[f"{names[k]}.weight"].T.copy()
    found = report_of(net.exercise, as_npz(arrays))
    assert found.fields["weights"].verdict is Verdict.CORRECT
    (note,) = found.notes
    assert "read transposed" in note
    assert all(f"{names[k]}.weight" in note for k in which)


def test_square_matrices_without_a_convention_are_read_either_way_without_a_word() -> None:
    net = trained()
    first, second = net.matrices
    plain = {"W1": first, "b1": net.biases[0], "W2": second, "b2": net.biases[1]}
    for turned in (plain, {**plain, "W1": first.T, "W2": second.T}):
        found = report_of(net.exercise, as_npz(turned))
        assert (found.fields["weights"].verdict, found.notes) == (Verdict.CORRECT, ())


def test_what_is_no_weight_is_passed_over_and_named() -> None:
    net = trained()
    more = {"epoch": np.array(7.0), "0.num_batches_tracked": np.array(9.0)}
    found = report_of(net.exercise, as_npz({**net.arrays(("0", "2")), **more}))
    assert found.fields["weights"].verdict is Verdict.CORRECT
    assert found.notes == ("Not used from this file: 'epoch'.",)


def test_a_batch_normalization_is_named() -> None:
    net = trained()
    more = {"1.running_mean": np.zeros(2), "1.running_var": np.ones(2)}
    found = report_of(net.exercise, as_npz({**net.arrays(("0", "2")), **more}))
    assert "batch normalization ('1.running_mean', '1.running_var')" in str(found.unusable_file)


def test_coefficients_have_a_column_for_each_node() -> None:
    net = trained()
    names = ("coefs_0", "intercepts_0", "coefs_1", "intercepts_1")
    arrays = (net.matrices[0].T, net.biases[0], net.matrices[1].T, net.biases[1])
    found = report_of(net.exercise, as_npz(dict(zip(names, arrays, strict=True))))
    assert (found.fields["weights"].verdict, found.notes) == (Verdict.CORRECT, ())


ONE = """
title = "One output"
[network]
inputs = ["x1", "x2"]
[[network.layers]]
nodes = ["h1", "h2", "h3"]
activation = "relu"
biases = true
[[network.layers]]
nodes = ["o1"]
activation = "identity"
biases = true
[[parts]]
title = "Weights"
points = 1
train = "all"
answer = "file"
within = 0.001
rows = [{ x1 = 1, x2 = 0, o1 = 2.5 }, { x1 = 0, x2 = 1, o1 = 7.5 }]
"""
FIRST, ROW = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]), np.array([1.0, 3.0, 1.0])
HIDDEN, LAST = np.zeros(3), 0.5


@pytest.mark.parametrize("row", [ROW, ROW[None, :], ROW[:, None], ROW[:, None, None]])
@pytest.mark.parametrize("last", [np.array(LAST), np.full(1, LAST), np.full((1, 1), LAST)])
@pytest.mark.parametrize("hidden", [HIDDEN, HIDDEN[:, None], HIDDEN[None, :]])
@pytest.mark.parametrize("names", [("W1", "b1", "W2", "b2"), ("w_h", "b_h", "w_o", "b_o"), ("a", "c", "d", "e")])
def test_axes_of_one_may_be_there_or_not(
    row: NDArray[np.float64], last: NDArray[np.float64], hidden: NDArray[np.float64], names: tuple[str, ...]
) -> None:
    arrays = dict(zip(names, (FIRST, hidden, row, last), strict=True))
    found = report_of(made(ONE), as_npz(arrays))
    assert found.fields["weights"].verdict is Verdict.CORRECT, found.notes


@pytest.mark.parametrize(
    "names",
    [
        ("Wh", "bh", "Wo", "bo"),
        ("W_hidden", "b_hidden", "W_output", "b_output"),
        ("weights_ih", "bias_h", "weights_ho", "bias_o"),
        ("module.fc1.weight", "module.fc1.bias", "module.fc2.weight", "module.fc2.bias"),
        ("_orig_mod.0.weight", "_orig_mod.0.bias", "_orig_mod.2.weight", "_orig_mod.2.bias"),
        ("model.net.hidden.weight", "model.net.hidden.bias", "model.net.out.weight", "model.net.out.bias"),
    ],
)
def test_layers_are_told_by_the_names_that_people_give_them(names: tuple[str, ...]) -> None:
    arrays = dict(zip(names, (FIRST, HIDDEN, ROW, np.array(LAST)), strict=True))
    found = report_of(made(ONE), as_npz(arrays))
    assert (found.fields["weights"].verdict, found.notes) == (Verdict.CORRECT, ())
