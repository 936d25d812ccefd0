"""The reason given for a stopped service, taken from its output."""

import json

import pytest

from grader.devserver.processes import LONGEST, reason_in

TRACEBACK = """Traceback (most recent call last):
  File "x.py", line 1, in <module>
    import worker.tasks
ModuleNotFoundError: No module named 'worker.tasks'
"""
CRITICAL = json.dumps(
    {
        "event": "Unrecoverable error: PermissionError(13, 'Permission denied')",
        "level": "critical",
        "exception": 'Traceback (most recent call last):\n  File "synchronize.py", line 50\n    SemLock(\nPermissionError: [Errno 13] Permission denied',
    }
)

SHARED = (
    "PermissionError: [Errno 13] Permission denied "
    "(its processes share memory, for which /dev/shm must be writable and have room)"
)
GRANIAN = """[INFO] Spawning worker-1 with PID: 1
nn-grader cannot start: PORT must be a whole number
[ERROR] Unexpected exit from worker-1
[INFO] Granian shutdown completed, see ya!
"""
TAKEN = "# Warning: Could not create server TCP listening socket 127.0.0.1:1: bind: in use"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", ""),
        ("out of luck\n", "out of luck"),
        (TRACEBACK, "ModuleNotFoundError: No module named 'worker.tasks'"),
        (
            CRITICAL,
            SHARED,
        ),
        (
            GRANIAN,
            "PORT must be a whole number",
        ),
        (
            "[INFO] Starting granian (main PID: 9)\nRuntimeError: Address already in use (os error 98)\n",
            "RuntimeError: Address already in use (os error 98)",
        ),
        (
            "LOG:  starting PostgreSQL\nFATAL:  could not write lock file: No space left on device\nLOG:  shut down\n",
            "FATAL:  could not write lock file: No space left on device (the disk is full)",
        ),
        (
            f"* Server initialized\n{TAKEN}\n# Failed listening on port 1, aborting.\n",
            TAKEN,
        ),
        ('{"event": "ready for work"}\n{"event": "connection lost"}\n', "connection lost"),
        ('{"event": "Will assume transactional DDL.", "level": "info"}\n', ""),
        ('{"event": "ready for work"}\n', ""),
        ("FATAL:  the database system is starting up\nPANIC:  no more room\n", "PANIC:  no more room"),
        ('{"event": half a line', '{"event": half a line'),
        ("MemoryError\n", "MemoryError (this machine has no memory left)"),
    ],
)
def test_the_line_that_tells_best_is_taken(text: str, reason: str) -> None:
    assert reason_in(text) == reason


def test_it_is_one_line_of_bounded_length() -> None:
    told = reason_in("ValueError: " + "x" * 10_000)
    assert len(told) == LONGEST
    assert "\n" not in reason_in(TRACEBACK + CRITICAL)
