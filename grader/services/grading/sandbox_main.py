"""The program of the child process that judges submissions which may have stopped a worker.

It reads a request per line from standard input and writes a response per line: `{"reports": [...]}`, or `{"error": ...}`
if judging raised. Anything worse (no memory, an endless loop, a crash) ends the process, and costs only this try.
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
    """Handle requests until the input ends; arguments are the seconds and MiB allowed for each."""
    seconds, mebibytes = float(sys.argv[1]), int(sys.argv[2])
    replies = _private_output()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which closes our input
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory(mebibytes << 20)
    _say(replies, READY)
    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_REAL, seconds)  # unhandled, the signal ends even C code
        reply = _reply(json.loads(line))
        signal.setitimer(signal.ITIMER_REAL, 0)
        _say(replies, reply)


def _limit_memory(more: int) -> None:
    """Limit memory to this many bytes more than are mapped now: on many cores the libraries' buffers are large."""
    statm = Path("/proc/self/statm")
    mapped = int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = mapped + more if hard == resource.RLIM_INFINITY else min(mapped + more, hard)
    with suppress(ValueError):  # macOS has the limit but rejects values
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _private_output() -> IO[str]:
    """Reserve standard output for responses; other output goes to standard error."""
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
        read = [read_answers(exercise, entries_from_json(answers), contents) for answers in request["answers"]]
        return {"reports": [report.to_json() for report in judge(exercise, read)]}
    except Exception as error:  # noqa: BLE001 - any exception is the response
        return {"error": f"{type(error).__name__}: {error}"}


@lru_cache(maxsize=8)
def _rebuild(_revision: str, slug: str, source: str) -> LoadedExercise:
    return load_revision(slug, json.loads(source))


if __name__ == "__main__":
    main()
