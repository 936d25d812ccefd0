"""The program of the child process that judges what may have stopped a worker.

It reads a request a line from standard input and writes a reply a line: `{"report": ...}`, or `{"error": ...}` where
judging raised. What is worse than that (no memory, no end, a crash) ends the process, and with it only this try.
"""

import json
import os
import resource
import signal
import sys
from base64 import b64decode
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from grader.catalog.load import LoadedExercise, load_revision
from grader.judging.answers import entries_from_json, read_answers
from grader.judging.judge import judge
from grader.judging.overrides import Overrides, apply
from grader.judging.variants import variant

READY: dict[str, str] = {}


def main() -> None:
    """Answer requests until there are no more; told the seconds and the MiB that each may take."""
    seconds, mebibytes = float(sys.argv[1]), int(sys.argv[2])
    replies = _private_output()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which closes our input
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory(mebibytes << 20)
    _say(replies, READY)
    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_REAL, seconds)  # its signal isn't caught: it ends a loop that Python can't
        reply = _reply(json.loads(line))
        signal.setitimer(signal.ITIMER_REAL, 0)
        _say(replies, reply)


def _limit_memory(more: int) -> None:
    """Allow so many bytes more than are mapped by now: on many cores the libraries' own buffers are large."""
    statm = Path("/proc/self/statm")
    mapped = int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = mapped + more if hard == resource.RLIM_INFINITY else min(mapped + more, hard)
    with suppress(ValueError):  # macOS knows the limit and takes none
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _private_output() -> IO[str]:
    """Keep standard output for replies; whatever else is printed goes where errors go."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return replies


def _say(replies: IO[str], reply: object) -> None:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


def _reply(request: dict[str, Any]) -> dict[str, Any]:
    try:
        published = _rebuild(request["revision"], request["slug"], json.dumps(request["source"]))
        overridden = apply(published.exercise, Overrides.from_json(request["overrides"]))
        exercise = variant(overridden, request["givens"])
        contents = {sha256: b64decode(content) for sha256, content in request["contents"].items()}
        (report,) = judge(exercise, [read_answers(exercise, entries_from_json(request["answers"]), contents)])
        return {"report": report.to_json()}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the reply
        return {"error": f"{type(error).__name__}: {error}"}


@lru_cache(maxsize=8)
def _rebuild(_revision: str, slug: str, source: str) -> LoadedExercise:
    return load_revision(slug, json.loads(source))


if __name__ == "__main__":
    main()
