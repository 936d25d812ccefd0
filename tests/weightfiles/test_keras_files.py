"""HDF5 files that no Keras wrote: what would lead out of the file, or take more than it brings, is refused."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from grader.weightfiles.keras import plain_name
from grader.weightfiles.limits import RefusedFile
from grader.weightfiles.read import read_weights
from tests.weightfiles.forged import archive


def hdf5(fill: Callable[[h5py.File], object]) -> bytes:
    made = io.BytesIO()
    with h5py.File(made, "w") as file:
        fill(file)
    return made.getvalue()


def _layers(file: h5py.File) -> None:
    for name in ("dense_10", "dense_2", "dense"):
        file[f"layers/{name}/vars/0"] = np.ones((2, 2))
        file[f"layers/{name}/vars/1"] = np.zeros(2)
    file["optimizer/vars/0"] = np.array(5)
    file["layers/dropout/seed_generator/vars/0"] = np.array([1, 2], dtype=np.uint32)


def _bomb(file: h5py.File) -> None:
    file.create_dataset("layers/dense/vars/0", shape=(1 << 20, 1 << 20), dtype="f8", chunks=(8, 8), compression="gzip")


def _external(file: h5py.File) -> None:
    file.create_dataset("w", shape=(4,), dtype="u1", external=[("/etc/hostname", 0, 4)])


def _virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((4,), "f8")
    layout[:] = h5py.VirtualSource("/elsewhere.h5", "w", (4,))
    file.create_virtual_dataset("w", layout)


def _other_filter(file: h5py.File) -> None:
    file.create_dataset("w", data=np.zeros(4), compression="lzf")


def _deep(file: h5py.File) -> None:
    file["/".join("abcdefghijklmnopq")] = np.zeros(1)


def _loop(file: h5py.File) -> None:
    group = file.create_group("a")
    group["again"] = group


def _wide(file: h5py.File) -> None:
    for k in range(6000):
        file.create_group(f"g{k}")


FILES: tuple[tuple[Callable[[h5py.File], object], str], ...] = (
    (_bomb, "too many"),
    (_external, "unsupported way"),
    (_virtual, "unsupported way"),
    (_other_filter, "unsupported way"),
    (_deep, "more than the weights"),
    (_loop, "more than the weights"),
    (_wide, "more than the weights"),
    (lambda file: file.__setitem__("w", h5py.ExternalLink("/etc/passwd", "w")), "links to another place"),
    (lambda file: file.__setitem__("w", h5py.SoftLink("/w")), "links to another place"),
    (lambda file: file.__setitem__("w", "text"), "plain numbers"),
    (lambda file: file.__setitem__("w", h5py.Empty("f8")), "plain numbers"),
    (lambda file: file.__setitem__("w", np.zeros(2, dtype=complex)), "plain numbers"),
    (lambda file: file.__setitem__("w", np.array([np.nan])), "NaN or infinity"),
    (lambda file: file.create_group("layers"), "no arrays"),
)


@pytest.mark.parametrize(("fill", "sentence"), FILES)
@pytest.mark.long
def test_hdf5_that_no_keras_wrote_is_refused(fill: Callable[[h5py.File], object], sentence: str) -> None:
    made = hdf5(fill)
    for data in (made, archive({"model.weights.h5": made, "config.json": b"{}"})):
        with pytest.raises(RefusedFile, match=sentence):
            read_weights(data)


def test_layers_come_in_the_order_of_their_numbers_without_the_optimizer() -> None:
    found = read_weights(hdf5(_layers)).arrays
    assert list(found) == [f"{name}/{role}" for name in ("dense", "dense_2", "dense_10") for role in ("bias", "kernel")]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("layers/dense_1/vars/0", "dense_1/kernel"),
        ("layers/dense_1/vars/1", "dense_1/bias"),
        ("_layer_checkpoint_dependencies/dense/vars/0", "dense/kernel"),
        ("model_weights/hidden/sequential/hidden/bias:0", "hidden/bias"),
        ("dense/dense/kernel:0", "dense/kernel"),
    ],
)
def test_keras_places_become_plain_names(path: str, name: str) -> None:
    assert plain_name(path) == name


def test_without_h5py_a_sentence_says_what_to_send_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    moons = Path(__file__).parents[1] / "fixtures" / "weights" / "moons.weights.h5"
    with pytest.raises(RefusedFile, match=r"does not support Keras files; send \.safetensors"):
        read_weights(moons.read_bytes())
