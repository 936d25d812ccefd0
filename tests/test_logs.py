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


FAIL = """
import json, logging, structlog
from celery import Celery
from pydantic import BaseModel
from grader import logs
logs.configure("info")
log = structlog.get_logger("ours")

class Row(BaseModel):
    number: int

def no_number(text):
    try:
        int(text)
    except ValueError as error:
        raise LookupError(text) from error

for work in (float, {}.__getitem__, json.loads, lambda text: Row(number=text), no_number):
    try:
        work("net_h1 of an@example.edu")
    except Exception:
        log.exception("failed")
app = Celery(set_as_current=False)
app.task(name="grade")(no_number).apply(args=("net_h1 of an@example.edu",))
logging.getLogger("theirs").warning("said", extra={"data": "net_h1 of an@example.edu"})
try:
    try:
        open("/nowhere")
    finally:
        raise RuntimeError("said by us")
except RuntimeError:
    log.exception("failed")
"""


def test_neither_our_tracebacks_nor_those_of_tasks_quote_what_was_sent() -> None:
    lines = _lines(FAIL)
    assert len(lines) == 8
    assert "an@example.edu" not in json.dumps(lines)
    assert [line["exception"].splitlines()[-1].partition(":")[0] for line in lines[:5]] == [
        "ValueError",
        "KeyError",
        "json.decoder.JSONDecodeError",
        "pydantic_core._pydantic_core.ValidationError",
        "LookupError",
    ]
    assert "ValueError: (the message may quote" in lines[4]["exception"]
    assert lines[5]["event"].endswith("raised unexpected: LookupError")
    assert "LookupError: (the message may quote" in lines[5]["exception"]
    assert lines[7]["exception"].endswith("RuntimeError: said by us")
    assert "FileNotFoundError: [Errno 2]" in lines[7]["exception"]


def _lines(program: str = TALK) -> list[dict[str, Any]]:
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    return [json.loads(line) for line in told.stderr.splitlines()]
