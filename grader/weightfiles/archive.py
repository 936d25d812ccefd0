"""Zip archives, including .npz, within limits."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from tokenize import TokenError

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from grader.messages.message import Message
from grader.weightfiles.elements import SIZES, decode, kind_of, unread_kind
from grader.weightfiles.limits import MOST_MEMBERS, Budget, RefusedFile, shown

CENTRAL = b"PK\x01\x02"
"""The signature of every entry in an archive's directory: an upper bound of their number."""

ENCRYPTED = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
HIGHEST_RATIO = 200
"""Weights hardly compress; a zip bomb shrinks a thousandfold."""

SMALL = 1 << 20
"""Up to this size the compression ratio does not matter."""

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,  # an offset beyond what a machine can seek
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
)
"""All exceptions of zipfile for data that is not an archive, or is damaged."""


@dataclass(frozen=True)
class Archive:
    """An opened archive.

    Attributes:
        opened: the archive itself.
        members: its members, by name.
        budget: limits unpacking.
    """

    opened: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]
    budget: Budget

    @classmethod
    def of(cls, data: bytes, budget: Budget) -> "Archive":
        """Open an archive.

        Raises:
            RefusedFile: it is damaged, has too many members, or two with the same name.
        """
        if data.count(CENTRAL) > MOST_MEMBERS:
            raise RefusedFile(Message("zip.too-many-members", most=MOST_MEMBERS))
        try:
            opened = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGED:
            raise RefusedFile(Message("zip.damaged")) from None
        files = [info for info in opened.infolist() if not info.filename.endswith("/")]  # a name may be empty
        members = {info.filename: info for info in files}
        if len(members) != len(files):
            raise RefusedFile(Message("zip.same-name"))
        return cls(opened, members, budget)

    def read(self, name: str, most: int | None = None) -> bytes:
        """Return one member, unpacked.

        Raises:
            RefusedFile: it is missing, damaged, encrypted, packed in an unusual way, or too large.
        """
        info = self._known(name)
        if most is not None and info.file_size > most:
            raise RefusedFile(Message("zip.member-too-large", name=shown(name)))
        self.budget.take_unpacked(info.file_size)
        try:
            with self.opened.open(info) as member:
                raw = member.read(info.file_size + 1)
        except DAMAGED:
            raise RefusedFile(Message("zip.member-damaged", name=shown(name))) from None
        if len(raw) != info.file_size:
            raise RefusedFile(Message("zip.member-size", name=shown(name)))
        return raw

    def _known(self, name: str) -> zipfile.ZipInfo:
        """Return the directory entry of a member that may be unpacked."""
        info = self.members.get(name)
        if info is None:
            raise RefusedFile(Message("zip.member-lacking", name=shown(name)))
        if info.flag_bits & ENCRYPTED or info.compress_type not in METHODS:
            raise RefusedFile(Message("zip.member-packed", name=shown(name)))
        if info.file_size > SMALL and info.file_size > HIGHEST_RATIO * max(info.compress_size, 1):
            raise RefusedFile(Message("zip.member-ratio", name=shown(name), most=HIGHEST_RATIO))
        return info


MEMBER = ".npy"
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
UNREADABLE = (ValueError, SyntaxError, TokenError, TypeError, KeyError, RecursionError, MemoryError, OverflowError)


def read_npz(data: bytes, budget: Budget) -> dict[str, NDArray[np.float64]]:
    """Return every array by name, in archive order."""
    archive = Archive.of(data, budget)
    return {
        name.removesuffix(MEMBER): _read_npy(name, archive.read(name), budget)
        for name in archive.members
        if name.endswith(MEMBER)
    }


def _read_npy(name: str, raw: bytes, budget: Budget) -> NDArray[np.float64]:
    stream = io.BytesIO(raw)
    try:
        shape, is_fortran, dtype = HEADERS[npy.read_magic(stream)](stream)
    except UNREADABLE:
        raise RefusedFile(Message("array.header", name=shown(name))) from None
    kind = kind_of(dtype)
    if dtype.hasobject:
        raise RefusedFile(Message("array.objects", name=shown(name)))
    if kind not in SIZES:
        raise unread_kind(name, dtype.name if dtype.kind != "V" else kind)
    count = budget.take_array(name, shape)
    body = memoryview(raw)[stream.tell() :]
    if len(body) != count * dtype.itemsize:
        raise RefusedFile(Message("array.size", name=shown(name)))
    values = decode(name, body, kind, big_endian=dtype.byteorder == ">")
    return values.reshape(shape, order="F" if is_fortran else "C")
