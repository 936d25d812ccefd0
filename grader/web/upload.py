"""Uploaded files: measured, named safely, and never opened here."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from flask import Request
from werkzeug.datastructures import FileStorage

from grader.judging.answers import Entry
from grader.weightfiles.limits import MOST_BYTES

FORM = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
AROUND = 256 << 10
"""The size of a form besides the file."""

MOST_OF_FORM = MOST_BYTES + AROUND
LONGEST_NAME = 100


@dataclass(frozen=True)
class Upload:
    """An uploaded file."""

    name: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """The hash under which it is stored."""
        return sha256(self.content).hexdigest()

    @property
    def entry(self) -> Entry:
        """Its reference in answers."""
        return Entry(self.name, file=self.sha256)


def uploads_of(request: Request) -> dict[str, Upload]:
    """Return the files of a form by field name; empty ones are left out."""
    return {name: _upload(file) for name, file in request.files.items() if file.filename}


def contents_of(uploads: Iterable[Upload]) -> dict[str, bytes]:
    """Return contents by hash, as the service takes them."""
    return {upload.sha256: upload.content for upload in uploads}


def _upload(file: FileStorage) -> Upload:
    with closing(file):
        content = file.stream.read()
    name = "".join(letter for letter in file.filename or "" if letter.isprintable())[-LONGEST_NAME:]
    return Upload(name or "file", content)
