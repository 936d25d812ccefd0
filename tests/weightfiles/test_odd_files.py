"""Files as people save them who do not save a plain state_dict: read where it is plain, else refused with what to do."""

import io
import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from grader.catalog.load import load_folder
from grader.judging.answers import Entry, problems_at_gate, read_answers
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from grader.weightfiles.limits import RefusedFile
from grader.weightfiles.nested import Nested
from grader.weightfiles.read import Format, check_head, read_weights
from tests.fixtures.languages import VIETNAMESE
from tests.weightfiles.forged import torch_file

FOLDER = Path(__file__).parents[1] / "fixtures" / "weights"
MOONS = load_folder(Path(__file__).parents[2] / "exercises" / "dense-two-moons").exercise
PLAIN = json.loads((FOLDER / "moons.json").read_text())


def report_of(content: bytes) -> Report:
    entries = {"weights": Entry("w", file="0")}
    assert problems_at_gate(MOONS, entries, {"0": content}) == ()
    return judge(MOONS, [read_answers(MOONS, entries, {"0": content})])[0]


def file(name: str) -> bytes:
    return (FOLDER / f"odd-{name}").read_bytes()


WELL_READ = (
    "bfloat16.h5", "bfloat16.keras", "bfloat16.npz", "bfloat16.weights.h5", "checkpoint.pt", "compiled.pt", "lightning.pt",
    "named.h5", "named.keras", "named.pt", "named.safetensors", "named.weights.h5", "numpy.pt", "parameters.pt", "views.pt",
)  # fmt: skip


@pytest.mark.parametrize("name", WELL_READ)
def test_the_network_in_it_is_read_and_does_what_it_did(name: str) -> None:
    found = report_of(file(name))
    assert (found.fields["weights"].verdict, found.notes) == (Verdict.CORRECT, ())


@pytest.mark.parametrize("name", [name for name in WELL_READ if "bfloat16" not in name])
def test_the_numbers_are_those_of_the_plain_file(name: str) -> None:
    found = {np.sort(array, axis=None).tobytes() for array in read_weights(file(name)).arrays.values()}
    assert found == {np.sort(np.asarray(values, dtype=np.float64), axis=None).tobytes() for values in PLAIN.values()}


def test_keras_lists_the_layers_that_it_stores_by_name() -> None:
    with h5py.File(io.BytesIO(file("named.h5"))) as stored:
        assert list(stored["model_weights"])[:2] == ["classifier", "hidden"]
    assert list(read_weights(file("named.h5")).arrays)[::2] == ["hidden/bias", "classifier/bias"]


@pytest.mark.parametrize("name", ["float8.npz", "float8.pt", "float8.safetensors"])
def test_eight_bits_a_number_are_refused_with_what_would_do(name: str) -> None:
    reason = report_of(file(name)).unusable_file
    assert reason is not None
    assert "save it as float32" in reason
    assert "float32" in reason.in_language(VIETNAMESE)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("around", ["{}", "\r\n {}\r\n"])
def test_json_is_read_in_every_encoding_that_editors_write(encoding: str, around: str) -> None:
    content = around.replace("{}", json.dumps(PLAIN, indent=1)).encode(encoding)
    assert read_weights(content).format is Format.JSON
    assert report_of(content).fields["weights"].verdict is Verdict.CORRECT


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: {"net": state},
        lambda state: {"state_dict": state, "epoch": 5, "optimizer": {"state": {"0": [1, 2]}}},
        lambda state: {"model": {"state_dict": state}},
        lambda state: {"framework": "own", "trained": True, "note": None, **state},
        lambda state: {"layers": {name: {"weight": state[f"{name}.weight"], "bias": state[f"{name}.bias"]} for name in "02"}},
    ],
)  # fmt: skip
def test_json_may_hold_the_weights_within_objects(wrap: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    found = report_of(json.dumps(wrap(PLAIN)).encode())
    assert found.fields["weights"].verdict is Verdict.CORRECT


W1, B1, W2, B2 = (PLAIN[name] for name in ("0.weight", "0.bias", "2.weight", "2.bias"))


@pytest.mark.parametrize(
    "layers",
    [
        [W1, B1, W2, B2],
        {"weights": [W1, W2], "biases": [B1, B2]},
        {"W": [W1, W2], "b": [B1, B2]},
        {"model": {"weights": [W1, W2], "biases": [B1, B2]}, "epochs": 5},
        {"weights": {"1": W1, "2": W2}, "biases": {"1": B1, "2": B2}},
        {"coefs_": [W1, W2], "intercepts_": [B1, B2]},
        [{"weights": W1, "bias": B1}, {"weights": W2, "bias": B2}],
        {"layers": [{"W": W1, "b": B1}, {"W": W2, "b": B2}]},
        {"layers": [{"type": "dense", "weights": W1, "biases": B1}, {"type": "dense", "weights": W2, "biases": B2}]},
    ],
)
def test_json_may_list_the_layers(layers: object) -> None:
    found = report_of(json.dumps(layers).encode())
    assert found.fields["weights"].verdict is Verdict.CORRECT, found.unusable_file


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_none_is_named(value: str) -> None:
    text = json.dumps(PLAIN, indent=1).replace(re.findall(r"-?\d+\.\d+", json.dumps(PLAIN))[0], value, 1)
    assert value.strip("-") in str(report_of(text.encode("utf-16")).unusable_file)


@pytest.mark.parametrize("dtype", ["<f2", ">f4", ">f8", "<f4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npz_holds_any_order_of_bytes_and_axes(dtype: str, order: Any) -> None:
    made = io.BytesIO()
    arrays = {name: np.asarray(values, dtype=dtype, order=order) for name, values in PLAIN.items()}
    np.savez(made, allow_pickle=False, **arrays)
    assert report_of(made.getvalue()).fields["weights"].verdict is Verdict.CORRECT


@pytest.mark.parametrize("dtype", ["i1", "<i2", ">i4", "<i8", "u1"])
def test_whole_numbers_are_weights_too(dtype: str) -> None:
    made = io.BytesIO()
    np.savez(made, w=np.array([[1, 2], [3, 4]], dtype=dtype))
    np.testing.assert_array_equal(read_weights(made.getvalue()).arrays["w"], [[1, 2], [3, 4]])


def test_what_is_no_json_in_another_encoding_is_refused_at_the_gate() -> None:
    for content in (
        "[1, 2]".encode("utf-16"),
        "text".encode("utf-32"),
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x00\x00\x00\x00",
    ):
        with pytest.raises(RefusedFile):
            check_head(content)


@pytest.mark.parametrize(
    "content", ["{".encode("utf-16"), b"\xff\xfe{\x00\xff", b"\xef\xbb\xbf{\xff}", "{}".encode("utf-32")[:-1]]
)
def test_text_that_is_cut_off_or_no_text_has_a_reason(content: bytes) -> None:
    with pytest.raises(RefusedFile):
        read_weights(content)


class Elsewhere:
    """What a hostile checkpoint mentions beside its tensors."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("this runs",))


def test_a_checkpoint_that_calls_anything_is_refused_and_calls_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RefusedFile, match="print"):
        read_weights(torch_file(pickle.dumps({"epoch": Elsewhere()}, protocol=2)))
    assert capsys.readouterr().out == ""


def test_numpy_arrays_that_lie_about_their_size_are_refused() -> None:
    honest = pickle.dumps({"w": np.ones(4)}, protocol=2)
    assert read_weights(torch_file(honest)).arrays["w"].tolist() == [1.0] * 4
    for lie in (honest.replace(b"K\x04\x85", b"K\x05\x85"), honest.replace(b"f8", b"f2"), honest.replace(b"f8", b"O8")):
        assert lie != honest
        with pytest.raises(RefusedFile):
            read_weights(torch_file(lie))


def test_dictionaries_that_hold_themselves_have_an_end() -> None:
    tree: dict[str, Any] = {}
    tree |= dict.fromkeys(("model", "net", "state_dict", "weights", "a", "b", "c", "d"), tree)
    with pytest.raises(RefusedFile, match="too many"):
        Nested(lambda _: False).flat(tree)
