"""Every hostile file gets a sentence; nothing in it runs, and nothing else than RefusedFile is ever raised."""

import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.weightfiles.limits import MOST_BYTES, RefusedFile
from grader.weightfiles.read import read_weights
from tests.weightfiles.forged import archive, npy, safetensors, state_dict, tensor, torch_file

FOLDER = Path(__file__).parents[1] / "fixtures" / "weights"
REAL = sorted(path for path in FOLDER.iterdir() if path.suffix in {".pt", ".npz", ".safetensors", ".keras", ".h5"})
HUGE = "{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,), }"


class Exploit:
    """Would make a directory, were it ever unpickled."""

    def __init__(self, trap: str) -> None:
        self.trap = trap

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (self.trap,)


def refusal(data: bytes) -> str:
    with pytest.raises(RefusedFile) as caught:
        read_weights(data)
    assert caught.value.detail.endswith(".")
    return caught.value.detail


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"GIF89a", "format is not supported"),
        (b"x" * (MOST_BYTES + 1), "larger than 16 MiB"),
        (b"\x93NUMPY\x01\x00", "single NumPy array"),
        (b"PK\x03\x04", "damaged or truncated"),
        (archive({"readme.txt": b"hello"}), "something else"),
        (archive({}), "format is not supported"),
        (archive({f"{k}.npy": b"" for k in range(2001)}), "too many"),
    ],
)
def test_what_is_no_file_of_weights_is_refused(data: bytes, sentence: str) -> None:
    assert sentence in refusal(data)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"{", "not valid JSON: there is an error at line 1, character 2"),
        (b'{"w": [1, 2],\n "b": [1,, 2]}', "line 2, character 10"),
        (b"{'w': [1, 2]}", "line 1, character 2"),
        (b'{"w": [1, 2]} // weights', "line 1, character 15"),
        (b"[1, 2]", "an object that maps names to lists"),
        (b"[[1, 2], [3, 4]]", "an object that maps names to lists"),
        (b'{"w": [1, NaN]}', "NaN"),
        (b'{"w": [1, -Infinity]}', "Infinity"),
        (b'{"w": 1e999}', "NaN or infinity"),
        (b'{"w": [[1, 2], [3]]}', "differ in length"),
        (b'{"w": [[[[1]]]]}', "a list of such lists"),
        (b'{"w": "1"}', "must be a number"),
        (b'{"w": true}', "must be a number"),
        (b'{"w": 1, "w": 2}', "name 'w' twice"),
        (b'{"w": ' + b"9" * 400 + b"}", "too large"),
        (b'{"w": ' + b"[" * 100_000, "not valid JSON"),
        (b'{"w": [' + b"0," * 4_000_001 + b"0]}", "too many"),
        (b"{}", "no arrays"),
        (b'{"\xff": 1}', "not valid JSON"),
    ],
)
def test_json_that_is_off_is_refused(text: bytes, sentence: str) -> None:
    assert sentence in refusal(text)


@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        (npy(np.array([{"a": 1}], dtype=object)), "Python objects"),
        (npy(np.zeros(2), header=HUGE), "too many"),
        (npy(np.zeros(2), header=HUGE.replace("1099511627776", "3")), "does not match its size"),
        (npy(np.zeros(2), header=HUGE.replace("1099511627776,", "-2,")), "shape"),
        (npy(np.zeros(0), header=HUGE.replace("1099511627776,", f"0, {1 << 70}")), "too many"),
        (npy(np.zeros(0), header=HUGE.replace("1099511627776,", f"0, {1 << 40}, {1 << 40}")), "too many"),
        (npy(np.zeros(1), header=HUGE.replace("1099511627776,", "True,")), "shape"),
        (npy(np.zeros(2), header="{'descr': '<f8'"), "cannot be read"),
        (npy(np.zeros(2), header="__import__('os').getcwd()"), "cannot be read"),
        (npy(np.zeros(2), header=HUGE.replace("<f8", "|O")), "Python objects"),
        (npy(np.zeros(2, dtype=[("a", "f8")])), "plain numbers"),
        (npy(np.array(["a", "b"])), "plain numbers"),
        (npy(np.zeros(2, dtype=complex)), "plain numbers"),
        (npy(np.array([True])), "plain numbers"),
        (npy(np.array([1.0, np.nan])), "NaN or infinity"),
        (npy(np.array([np.inf])), "NaN or infinity"),
        (npy(np.zeros(4))[:-1], "does not match its size"),
        (b"\x93NUMPY", "cannot be read"),
        (archive({"inner.npy": b"x"}), "cannot be read"),
    ],
)
def test_npz_members_that_are_off_are_refused(member: bytes, sentence: str) -> None:
    assert sentence in refusal(archive({"w.npy": member}))


@pytest.mark.long
def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = archive({"w.npy": bytes(128 << 20)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1 << 20
    assert "times its size" in refusal(bomb)


@pytest.mark.long
def test_many_members_that_are_large_together_are_refused() -> None:
    numbers = np.random.default_rng(1).integers(0, 4, 1 << 20, dtype=np.int64)  # packs well, though not suspiciously
    packed = archive({f"{k}.npy": npy(numbers) for k in range(12)}, zipfile.ZIP_DEFLATED)
    assert "too m" in refusal(packed[:MOST_BYTES]) or len(packed) > MOST_BYTES


def test_members_of_one_name_and_locked_ones_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = _twice("w.npy", npy(np.zeros(1)))
    assert "same name" in refusal(twice)
    plain = archive({"w.npy": npy(np.zeros(1))})
    locked = plain.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    assert locked != plain
    assert "encrypted" in refusal(locked)


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (tensor(shape=(1 << 40,), offsets=(0, 1 << 42)), "too many"),
        (tensor(shape=(3,)), "does not match"),
        (tensor(offsets=(8, 16)), "does not match"),
        (tensor(offsets=(8, 0)), "does not match"),
        (tensor(shape=(-2,)), "shape"),
        (tensor(shape=(0, 1 << 70), offsets=(0, 0)), "too many"),
        (tensor(shape=(0, 1 << 40, 1 << 40), offsets=(0, 0)), "too many"),
        (b'{"w": {"dtype": "F32"}, "w": {"dtype": "F32"}}', "name 'w' twice"),
        (tensor(shape=(True, 2)), "does not describe"),
        (tensor(shape=(1.5,)), "does not describe"),
        (tensor(shape=(1,) * 9, offsets=(0, 4)), "shape"),
        (tensor(dtype="BOOL"), "plain numbers"),
        ({"w": 5}, "does not describe"),
        ({"__metadata__": {"format": "pt"}}, "no arrays"),
        (b"{" + b'"a":{' * 50_000, "cannot be read"),
        (b"{\xff}", "cannot be read"),
    ],
)
def test_safetensors_headers_that_lie_are_refused(header: object, sentence: str) -> None:
    assert sentence in refusal(safetensors(header, bytes(8)))


def test_a_safetensors_header_longer_than_its_file_is_refused() -> None:
    assert "longer than the file" in refusal((1 << 39).to_bytes(8, "little") + b"{}")


def test_a_real_state_dict_is_what_the_forged_ones_start_from() -> None:
    assert read_weights(torch_file(state_dict())).arrays["w"].shape == (2, 2)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (state_dict(sizes=(1 << 20, 1 << 20)), "too many"),
        (state_dict(sizes=(3, 3)), "beyond the stored numbers"),
        (state_dict(offset=-1), "beyond the stored numbers"),
        (state_dict(offset=1), "beyond the stored numbers"),
        (state_dict(strides=(-2, 1)), "shape"),
        (state_dict(strides=(1,)), "beyond the stored numbers"),
        (state_dict(count=1 << 40), "differs from the size"),
        (state_dict(storage="ComplexFloatStorage"), "requires"),
        (b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.", "requires 'os system'"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.", "requires 'os system'"),
        (b"\x80\x02c__builtin__\neval\nX\x01\x00\x00\x001\x85R.", "requires"),
        (b"\x80\x02(ios\nsystem\n.", "(INST)"),
        (b"\x80\x02X\x01\x00\x00\x00a)\x81.", "(NEWOBJ)"),
        (b"\x80\x02}.", "no named tensors"),
        (b"\x80\x02]q\x00h\x00a.", "no named tensors"),
        (b"\x80\x02", "damaged or truncated"),
        (b"\x80\x02tR.", "damaged or truncated"),
        (b"\x80\x02h\x07.", "damaged or truncated"),
        (b"\x80\x02}}Ns.", "SETITEMS"),
        (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.", "an unsupported way"),
        (b"\x80\x02ctorch._utils\n_rebuild_parameter\n)R.", "damaged"),
        (b"\x80\x02ccollections\nOrderedDict\nK\x01\x85R.", "OrderedDict"),
        (b"\x80\x02K\x01Q.", "an unsupported way"),
        (b"\x80\x02" + b"N0" * 200_000 + b".", "(POP)"),
        (b"\x80\x02" + b"N" * 250_000 + b".", "TOO MANY"),
    ],
)
def test_pickles_that_do_more_than_holding_tensors_are_refused(made: bytes, sentence: str) -> None:
    assert sentence in refusal(torch_file(made))


def test_nothing_that_a_pickle_says_is_ever_run(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    for protocol in range(6):
        evil = pickle.dumps({"w": Exploit(str(trap))}, protocol=protocol)
        refusal(torch_file(evil))
        refusal(archive({"w.npy": npy(np.array([Exploit(str(trap))], dtype=object))}))
    assert not trap.exists()


def test_a_torch_file_without_its_numbers_is_refused() -> None:
    assert "is missing from the archive" in refusal(torch_file(state_dict(), {"1": bytes(16)}))
    assert "differs from the size" in refusal(torch_file(state_dict(), {"0": bytes(8)}))
    assert "not a state_dict saved by torch.save" in refusal(archive({"a/data.pkl": b"", "b/data.pkl": b""}))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_file_that_is_cut_off_anywhere_is_refused_or_read(path: Path) -> None:
    data = path.read_bytes()
    for size in range(0, len(data), max(1, len(data) // 60)):
        assert all(np.isfinite(values).all() for values in _arrays(data[:size]))


def test_a_member_that_begins_beyond_what_can_be_read_is_refused() -> None:
    content = bytearray((FOLDER / "odd-numpy.pt").read_bytes())
    content[1806] = 129
    assert "damaged" in refusal(bytes(content))


def test_a_member_without_a_name_is_refused_or_read() -> None:
    content = bytearray((FOLDER / "moons.pt").read_bytes())
    content[2256] = 0  # a name ends at its first zero byte
    assert all(np.isfinite(values).all() for values in _arrays(bytes(content)))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_file_with_changed_bytes_is_refused_or_read(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(REAL)).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert all(np.isfinite(values).all() for values in _arrays(bytes(content)))


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"{", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\x40" + bytes(7) + b"{"]),
)
def test_any_bytes_are_refused_or_read(rest: bytes, start: bytes) -> None:
    assert all(np.isfinite(values).all() for values in _arrays(start + rest))


def _arrays(data: bytes) -> list[NDArray[np.float64]]:
    """What is read; nothing where the file is refused, and never another error."""
    try:
        return list(read_weights(data).arrays.values())
    except RefusedFile:
        return []


def _twice(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr(name, content)
        packed.writestr(name, content)
    return made.getvalue()
