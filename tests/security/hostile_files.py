"""Files that no honest person sends, by the name of what is wrong with them; each is built when it is asked for."""

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, Final

import h5py
import numpy as np

from grader.weightfiles.limits import MOST_BYTES
from tests.weightfiles.forged import archive, npy, safetensors, state_dict, tensor, torch_file

TRAP: Final = "/tmp/nn-grader-was-here"  # noqa: S108 - must never come to be
PLAIN: Final = {"w1": [[1.0, 2.0], [3.0, 4.0]], "b1": [0.5, -0.5]}
HUGE: Final = "{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,), }"


class Exploit:
    """Makes a directory if it is ever unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (TRAP,)


def _npz(values: Any, **header: str) -> bytes:
    return archive({"w.npy": npy(values, **header)})


def _symlink(target: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        link = zipfile.ZipInfo("w.npy")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        packed.writestr(link, target)
    return made.getvalue()


def _tar() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as packed:
        link = tarfile.TarInfo("w.npy")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(link)
    return made.getvalue()


def _overlapping() -> bytes:
    """Two members of the directory with the same content of the file."""
    plain = archive({"a.npy": npy(np.zeros(2))})
    start = plain.index(b"PK\x01\x02")
    end = plain.index(b"PK\x05\x06")
    entry = plain[start:end]
    directory = entry + entry.replace(b"a.npy", b"b.npy")
    counts = (2).to_bytes(2, "little") * 2 + len(directory).to_bytes(4, "little") + start.to_bytes(4, "little")
    return plain[:start] + directory + plain[end : end + 8] + counts + b"\0\0"


def _hdf5(fill: Callable[[h5py.File], object]) -> bytes:
    made = io.BytesIO()
    with h5py.File(made, "w") as stored:
        fill(stored)
    return made.getvalue()


def _loop(stored: h5py.File) -> None:
    group = stored.create_group("layers")
    group["again"] = stored["/"]


def _external(stored: h5py.File) -> None:
    stored["layers"] = h5py.ExternalLink("/etc/passwd", "/")


def _keras_lambda() -> bytes:
    config = {"class_name": "Lambda", "config": {"function": "4wEAAAA=", "module": "os"}}
    inner = _hdf5(lambda stored: stored.create_dataset("layers/lambda/vars/0", data=[[np.nan]]))
    return archive({"config.json": json.dumps(config).encode(), "metadata.json": b"{}", "model.weights.h5": inner})


def _locked() -> bytes:
    return _npz(np.zeros(1)).replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")


def _text(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding, "surrogatepass")


KINDS: Final[Mapping[str, Callable[[], bytes]]] = {
    "nothing": lambda: b"",
    "one zero byte": lambda: b"\0",
    "a letter": lambda: b"Dear Sir or Madam",
    "a picture": lambda: b"GIF89a" + bytes(100),
    "a document": lambda: b"%PDF-1.7\n1 0 obj\n<< /OpenAction << /S /JavaScript >> >>",
    "a picture that is an archive": lambda: b"GIF89a" + _npz(np.zeros(2)),
    "gzip": lambda: gzip.compress(json.dumps(PLAIN).encode()),
    "bzip2": lambda: bz2.compress(json.dumps(PLAIN).encode()),
    "xz": lambda: lzma.compress(json.dumps(PLAIN).encode()),
    "tar with a symbolic link": _tar,
    "zip with a symbolic link": lambda: _symlink("/etc/passwd"),
    "zip with a way up": lambda: archive({"../../../etc/cron.d/w.npy": npy(np.zeros(2))}),
    "zip with an absolute path": lambda: archive({"/etc/cron.d/w.npy": npy(np.zeros(2))}),
    "zip with backslashes": lambda: archive({"..\\..\\windows\\w.npy": npy(np.zeros(2))}),
    "zip bomb": lambda: archive({"w.npy": bytes(32 << 20)}, zipfile.ZIP_DEFLATED),
    "zip in a zip": lambda: archive({"w.npy": archive({"w.npy": bytes(1 << 20)}, zipfile.ZIP_DEFLATED)}),
    "zip of too many members": lambda: archive({f"{k}.npy": b"" for k in range(2001)}),
    "zip with overlapping members": _overlapping,
    "locked zip": _locked,
    "truncated zip": lambda: _npz(np.zeros(99))[:-30],
    "zip without its end": lambda: _npz(np.zeros(2)).partition(b"PK\x05\x06")[0],
    "zip of a workbook": lambda: archive({"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}),
    "zip with a locator that lies": lambda: _npz(np.zeros(2))[:-6] + b"\xff\xff\xff\xff\0\0",
    "objects in an array": lambda: _npz(np.array([{"a": 1}], dtype=object)),
    "a pickle in an array": lambda: _npz(np.array([Exploit()], dtype=object)),
    "an array of 8 TiB": lambda: _npz(np.zeros(2), header=HUGE),
    "an array of negative length": lambda: _npz(np.zeros(2), header=HUGE.replace("1099511627776", "-2")),
    "an array with code for a header": lambda: _npz(np.zeros(2), header=f"__import__('os').mkdir('{TRAP}')"),
    "an array with a header of 64 KiB": lambda: archive({"w.npy": b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65534 + b"\n"}),
    "an array with a header of 4 GiB": lambda: archive({"w.npy": b"\x93NUMPY\x02\x00\xff\xff\xff\xff{"}),
    "NaN in an array": lambda: _npz(np.array([1.0, np.nan])),
    "infinity in an array": lambda: _npz(np.array([-np.inf])),
    "complex numbers": lambda: _npz(np.zeros(2, dtype=complex)),
    "records": lambda: _npz(np.zeros(2, dtype=[("a", "f8"), ("b", "O")])),
    "texts": lambda: _npz(np.array(["=1+1", "x"])),
    "a bare array": lambda: npy(np.zeros(2)),
    "a bare pickle": lambda: pickle.dumps(Exploit()),
    "a model that runs code": lambda: torch_file(pickle.dumps({"w": Exploit()}, protocol=2)),
    "a model that calls eval": lambda: torch_file(b"\x80\x02c__builtin__\neval\nX\x01\x00\x00\x001\x85R."),
    "a tensor beyond its numbers": lambda: torch_file(state_dict(offset=1)),
    "a tensor of a million times a million": lambda: torch_file(state_dict(sizes=(1 << 20, 1 << 20))),
    "safetensors with a header longer than the file": lambda: (1 << 39).to_bytes(8, "little") + b"{}",
    "safetensors with a header of 50,000 levels": lambda: safetensors(b"{" + b'"a":{' * 50_000),
    "safetensors beyond its end": lambda: safetensors(tensor(offsets=(0, 1 << 40)), bytes(8)),
    "safetensors of NaN": lambda: safetensors(tensor(), np.array([np.nan, 1], dtype="<f4").tobytes()),
    "JSON of 100,000 levels": lambda: b'{"w": ' + b"[" * 100_000,
    "JSON with NaN": lambda: b'{"w": [1, NaN]}',
    "JSON with a name twice": lambda: b'{"w": 1, "w": 2}',
    "JSON with a number of 5,000 digits": lambda: b'{"w": [' + b"9" * 5000 + b"]}",
    "JSON with an exponent of twenty digits": lambda: b'{"w": [1e99999999999999999999, 1e-99999999999999999999]}',
    "JSON in half of UTF-16": lambda: _text('{"w\ud800": [1]}', "utf-16"),
    "JSON in Latin-1": lambda: _text('{"é": [1]}', "latin-1"),
    "JSON that is cut off": lambda: json.dumps(PLAIN).encode()[:-5],
    "JSON of numbers whose products overflow": lambda: json.dumps(
        {"w1": [[1e308, 1e308], [1e308, -1e308]], "b1": [1e308, -1e308], "w2": [[1e308], [1e308]], "b2": [1e308]}
    ).encode(),
    "XML with entities": lambda: b'<!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><l>&b;</l>',
    "HDF5 that is cut off": lambda: _hdf5(lambda stored: stored.create_dataset("w", data=np.zeros(99)))[:900],
    "HDF5 of zeros": lambda: b"\x89HDF\r\n\x1a\n" + bytes(2000),
    "HDF5 that contains itself": lambda: _hdf5(_loop),
    "HDF5 that links to another file": lambda: _hdf5(_external),
    "HDF5 with an array of 8 TiB": lambda: _hdf5(
        lambda stored: stored.create_dataset(
            "layers/dense/vars/0", shape=(1 << 20, 1 << 20), dtype="f8", chunks=(64, 64)
        )
    ),
    "a Keras model with a function": _keras_lambda,
    "one byte too many": lambda: b"{" + b" " * MOST_BYTES,
}

NAMES: Final = (
    "../../../etc/passwd",
    "/etc/passwd",
    "C:\\Windows\\win.ini",
    "..",
    "CON",
    "a\0b.json",
    "<script>alert(1)</script>.json",
    '"><img src=x onerror=alert(1)>.json',
    "\u202enosj.exe",
    "x" * 5000 + ".json",
    "=cmd|' /C calc'!A0.json",
    "{{7*7}}{% raw %}.json",
    "%s%n%00.json",
    "моя сеть ☠.json",
    "a;b\tc.json",
)
"""Names of files."""
