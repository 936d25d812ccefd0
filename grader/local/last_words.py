"""Why a service stopped, in one line, out of what it wrote into its log."""

import json
import re
from typing import Any, Final

from grader.logs import READY

LONGEST: Final = 300

_OURS: Final = re.compile(r"nn-grader cannot start: (?P<reason>.+)")
_PYTHON: Final = re.compile(r"(?:[\w.]+\.)?(?P<reason>\w*(?:Error|Exception|Exit|Interrupt|Warning)\b:? ?.*)")
_COMPLAINT: Final = re.compile(
    r".*(?:FATAL|PANIC|ERROR|[Ff]ail(?:ed|ure)|[Cc](?:ould not|annot|an't)|denied|in use|No space|[Nn]o memory|Killed).*"
)
_HINTS: Final = (
    (re.compile(r"SemLock|semaphore"), "its processes share memory, for which /dev/shm must be writable and have room"),
    (re.compile(r"No space left on device"), "the disk is full"),
    (re.compile(r"Read-only file system"), "what it writes to is mounted read-only"),
    (re.compile(r"MemoryError|Cannot allocate memory"), "this machine has no memory left"),
)
_OF_NO_MATTER: Final = re.compile(r".*the database system is (?:starting up|shutting down)")
"""An error for who asked, and none of the server's."""

_UNREMARKABLE: Final = {"debug", "info"}
_SAID_BY_A_PARENT: Final = re.compile(
    r"\[(?:INFO|ERROR)\] (?:Unexpected exit|Shutting down|Stopp|Granian|Spawning|Start|Listening)"
)


def reason_in(text: str) -> str:
    """Return the line of a log that tells best why it ends there; empty where nothing was written."""
    lines = [line for line in map(_readable, text.splitlines()) if line and not _is_noise(line)]
    reason = _ours(lines) or _last(_PYTHON, lines) or _first(_COMPLAINT, lines) or (lines[-1] if lines else "")
    return _shortened(reason + _hint(text))


def _is_noise(line: str) -> bool:
    return bool(_SAID_BY_A_PARENT.match(line) or _OF_NO_MATTER.fullmatch(line))


def _readable(line: str) -> str:
    """Return a line as people read it: of one of JSON the exception, or what it says."""
    told: Any = None
    if line == READY:
        return ""
    if line.startswith("{"):
        try:
            told = json.loads(line)
        except ValueError:
            return line.strip()
    if not isinstance(told, dict):
        return "" if line.startswith(" ") else line.strip()
    exception = str(told.get("exception", "")).strip()
    if exception:
        return exception.splitlines()[-1]
    return "" if told.get("level") in _UNREMARKABLE else str(told.get("event", ""))


def _ours(lines: list[str]) -> str:
    found = [match["reason"] for match in map(_OURS.search, lines) if match]
    return found[-1] if found else ""


def _last(pattern: re.Pattern[str], lines: list[str]) -> str:
    found = [match["reason"] for match in map(pattern.fullmatch, lines) if match]
    return found[-1] if found else ""


def _first(pattern: re.Pattern[str], lines: list[str]) -> str:
    return next((line for line in lines if pattern.fullmatch(line)), "")


def _hint(text: str) -> str:
    found = next((hint for pattern, hint in _HINTS if pattern.search(text)), None)
    return f" ({found})" if found else ""


def _shortened(reason: str) -> str:
    return reason if len(reason) <= LONGEST else f"{reason[: LONGEST - 1]}…"
