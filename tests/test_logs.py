import json
import subprocess
import sys
from typing import Any

TALK = """
import logging, structlog
from grader import logs
logs.configure("info")
structlog.get_logger("ours").info("drained", graded=3)
structlog.get_logger("ours").debug("not said")
logging.getLogger("theirs").warning("a library's %s", "word")
secret = "token-in-a-variable"
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("ours").exception("failed")
"""


def test_our_words_and_a_librarys_are_one_stream_of_json() -> None:
    first, second, third = _lines()
    assert (first["event"], first["graded"], first["level"], first["logger"]) == ("drained", 3, "info", "ours")
    assert (second["event"], second["level"], second["logger"]) == ("a library's word", "warning", "theirs")
    assert all(line["timestamp"].endswith("Z") for line in (first, second, third))


def test_a_traceback_shows_no_values() -> None:
    *_, third = _lines()
    assert "ZeroDivisionError" in third["exception"]
    assert "token-in-a-variable" not in json.dumps(third)


def _lines() -> list[dict[str, Any]]:
    told = subprocess.run([sys.executable, "-c", TALK], capture_output=True, check=True, text=True)
    return [json.loads(line) for line in told.stderr.splitlines()]
