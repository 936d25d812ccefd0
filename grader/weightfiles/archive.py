"""Zip archives from strangers: members are counted, measured and unpacked within limits, and never written anywhere."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

from grader.messages.message import Message
from grader.weightfiles.limits import MOST_MEMBERS, Budget, shown
from grader.weightfiles.refused import RefusedFile

CENTRAL = b"PK\x01\x02"
"""What every entry of an archive's directory begins with: so many are there at most."""

ENCRYPTED = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
HIGHEST_RATIO = 200
"""Weights hardly shrink; a bomb shrinks a thousandfold."""

SMALL = 1 << 20
"""Up to this size nobody minds how well something was packed."""

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,  # an offset that no machine can seek to
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
)
"""All that zipfile raises for bytes that are no archive, or were one."""


@dataclass(frozen=True)
class Archive:
    """An opened archive.

    Attributes:
        opened: the archive itself.
        members: what is in it, by name.
        budget: what may be unpacked.
    """

    opened: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]
    budget: Budget

    @classmethod
    def of(cls, data: bytes, budget: Budget) -> "Archive":
        """Open an archive.

        Raises:
            RefusedFile: it is damaged, has too many members, or two of one name.
        """
        if data.count(CENTRAL) > MOST_MEMBERS:
            raise RefusedFile(Message("zip.too-many-members", most=MOST_MEMBERS))
        try:
            opened = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGED:
            raise RefusedFile(Message("zip.damaged")) from None
        members = {info.filename: info for info in opened.infolist() if not info.is_dir()}
        if len(members) != sum(not info.is_dir() for info in opened.infolist()):
            raise RefusedFile(Message("zip.same-name"))
        return cls(opened, members, budget)

    def read(self, name: str, most: int | None = None) -> bytes:
        """One member, unpacked.

        Raises:
            RefusedFile: it is not there, damaged, encrypted, packed in an unusual way, or too large.
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
        """What the directory says of a member that may be unpacked."""
        info = self.members.get(name)
        if info is None:
            raise RefusedFile(Message("zip.member-lacking", name=shown(name)))
        if info.flag_bits & ENCRYPTED or info.compress_type not in METHODS:
            raise RefusedFile(Message("zip.member-packed", name=shown(name)))
        if info.file_size > SMALL and info.file_size > HIGHEST_RATIO * max(info.compress_size, 1):
            raise RefusedFile(Message("zip.member-ratio", name=shown(name), most=HIGHEST_RATIO))
        return info
