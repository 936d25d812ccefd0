"""Files of answers: a flat map from field to text, number or `{ file = "…" }`, as TOML or JSON."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.judging.answers import Entries, Entry
from grader.judging.errors import GraderError, shown


class UnreadableAnswerFile(GraderError):
    """The file does not exist, or is not a flat map of answers."""


class NumeralFloat(str):
    """A number as written in the file, without conversion to a float."""

    __slots__ = ()


def read_answer_file(path: Path) -> dict[str, Entry]:
    """Read the file; whether the answers are readable as numbers is decided by `judging.answers.read`.

    Raises:
        UnreadableAnswerFile: with the reason.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows editors write a byte order mark
        parsed = _parse(text, path.suffix)
    except OSError as error:
        raise UnreadableAnswerFile(f"{path}: can't be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise UnreadableAnswerFile(f"{path}: is not valid {path.suffix.lstrip('.').upper()}: {error}") from None
    if not isinstance(parsed, Mapping):
        raise UnreadableAnswerFile(f"{path}: must be a map from field to answer")
    return {name: _file(path, value) or _entry(path, name, value) for name, value in parsed.items()}


def _file(path: Path, value: object) -> Entry | None:
    """Return the entry of `{ file = "…" }`; None for anything else."""
    match value:
        case {"file": str(file), **others} if not others:
            return Entry(file, file=hashlib.sha256(_content(path, file)).hexdigest())
        case _:
            return None


def contents_of(path: Path, entries: Entries) -> dict[str, bytes]:
    """Return the files named by answers, relative to the file of answers, by SHA-256."""
    return {entry.file: _content(path, entry.text) for entry in entries.values() if entry.file}


def _content(path: Path, name: str) -> bytes:
    try:
        return (path.parent / name).read_bytes()
    except OSError as error:
        raise UnreadableAnswerFile(f"{path}: {name} can't be read: {error.strerror}") from None


def _parse(text: str, suffix: str) -> Any:
    if suffix == ".toml":
        return tomllib.loads(text, parse_float=_numeral)
    if suffix == ".json":
        return json.loads(text, parse_float=NumeralFloat, parse_int=NumeralFloat, parse_constant=NumeralFloat)
    raise ValueError("only .toml and .json are read")


def _numeral(text: str) -> NumeralFloat:
    """Remove underscores, which TOML allows between digits."""
    return NumeralFloat(text.replace("_", ""))


def _entry(path: Path, name: str, value: object) -> Entry:
    match value:
        case NumeralFloat():
            return Entry(str(value), exact=True)
        case bool():
            pass
        case int():
            return Entry(str(value), exact=True)
        case str():
            return Entry(value)
        case None:
            return Entry("")
        case _:
            pass
    kind = type(value).__name__
    raise UnreadableAnswerFile(f"{path}: {shown(name)}: an answer is a text, a number or a file, not {kind}")
