"""Files that PyTorch, safetensors, Keras and NumPy really wrote hold the same numbers as the .json beside them."""

from pathlib import Path

import numpy as np
import pytest

from grader.weightfiles.limits import RefusedFile
from grader.weightfiles.read import Format, read_weights

FOLDER = Path(__file__).parents[1] / "fixtures" / "weights"
TWINS = ("0.bias", "0.weight", "2.bias", "2.weight")
EXACT, SINGLE, HALF, BRAIN = 0.0, 1e-6, 2e-3, 2e-2


@pytest.mark.parametrize("network", ["lecture", "moons"])
@pytest.mark.parametrize(
    ("suffix", "kind"), [("pt", Format.PYTORCH), ("npz", Format.NPZ), ("safetensors", Format.SAFETENSORS)]
)
def test_files_with_the_names_of_pytorch_hold_the_same_numbers(network: str, suffix: str, kind: Format) -> None:
    plain = read_weights((FOLDER / f"{network}.json").read_bytes()).arrays
    found = read_weights((FOLDER / f"{network}.{suffix}").read_bytes())
    assert found.format is kind
    assert found.arrays.keys() == plain.keys()
    for name, values in plain.items():
        np.testing.assert_array_equal(found.arrays[name], values)


@pytest.mark.parametrize("network", ["lecture", "moons"])
@pytest.mark.parametrize(
    ("suffix", "kind"), [("weights.h5", Format.KERAS_H5), ("h5", Format.KERAS_H5), ("keras", Format.KERAS)]
)
def test_files_of_keras_hold_the_same_numbers_with_inputs_first(network: str, suffix: str, kind: Format) -> None:
    plain = read_weights((FOLDER / f"{network}.json").read_bytes()).arrays
    found = read_weights((FOLDER / f"{network}.{suffix}").read_bytes())
    assert found.format is kind
    assert [name.partition("/")[2] for name in found.arrays] == ["bias", "kernel"] * 2
    for values, twin in zip(found.arrays.values(), TWINS, strict=True):
        np.testing.assert_allclose(values.T, plain[twin], rtol=SINGLE)


@pytest.mark.parametrize(
    ("name", "off"),
    [("checkpoint.pt", EXACT), ("half.pt", HALF), ("bfloat16.pt", BRAIN), ("bfloat16.safetensors", BRAIN)],
)
def test_checkpoints_and_shorter_floats_are_read_too(name: str, off: float) -> None:
    plain = read_weights((FOLDER / "moons.json").read_bytes()).arrays
    found = read_weights((FOLDER / f"moons-{name}").read_bytes()).arrays
    for key, values in plain.items():
        np.testing.assert_allclose(found[key], values, rtol=off)


def test_a_pickled_model_is_refused_by_the_name_that_it_wants() -> None:
    with pytest.raises(RefusedFile, match=r"Sequential.*Save model\.state_dict\(\), not the model"):
        read_weights((FOLDER / "moons-whole-model.pt").read_bytes())


def test_a_bare_pickle_is_never_opened() -> None:
    with pytest.raises(RefusedFile, match="bare pickle"):
        read_weights((FOLDER / "moons-legacy.pt").read_bytes())
