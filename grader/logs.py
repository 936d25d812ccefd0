"""A single stream of JSON log lines without personal data: no answers, no names, no parameters.

A traceback shows where something happened and the kind of exception. Messages in which Python and its libraries quote
an offending value (`invalid literal for int(): …`) are removed; those of the database are cleaned where they arise, in
`grader.store.database`.
"""

import logging
import logging.config
import sys
import traceback
from collections.abc import Iterator, Mapping
from typing import Any, Final

import structlog
from structlog.typing import ExcInfo, Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
"""Processors of every line, ours or a library's."""

READY: Final = '{"event": "ready for work"}'
"""Written by worker and scheduler when they are ready, at every log level, for the process that started them."""

_TALKATIVE = ("celery.worker.strategy", "celery.app.trace", "celery.beat")
"""These loggers report every message; enable them only for debugging."""


_QUOTING: Final = (ValueError, LookupError)
"""Their messages quote the offending value; subclasses include errors of pydantic, JSON and Unicode."""

WITHHELD: Final = "(the message may quote what was sent, and is left out)"


def exception_text(exc_info: ExcInfo) -> str:
    """Return a traceback, with causes, that shows no values."""
    return "".join(_lines(exc_info[1], set())).rstrip("\n")


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before, joint = error.__cause__, "The above exception was the direct cause of the following exception:"
    if before is None and not error.__suppress_context__:
        before, joint = error.__context__, "During handling of the above exception, another exception occurred:"
    if before is not None and id(before) not in seen:
        yield from _lines(before, seen)
        yield f"\n{joint}\n\n"
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_tb(error.__traceback__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    message = WITHHELD if isinstance(error, _QUOTING) else str(error)
    yield f"{kind}: {message}\n" if message else f"{kind}\n"


class KindOnly(logging.Filter):
    """Replaces Celery's description of a failed task, including its arguments, by the kind of exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without values."""
        if isinstance(record.args, Mapping) and "exc" in record.args:
            kind = record.exc_info[0] if record.exc_info else None
            record.args = {**record.args, "exc": kind.__name__ if kind else "", "args": "", "kwargs": ""}
        return True


def configure(level: str) -> None:
    """Write JSON lines to standard error, for our own messages and those of all libraries."""
    logging.config.dictConfig(dict_config(level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def say_ready() -> None:
    """Log that this process is ready for work."""
    sys.stderr.write(f"{READY}\n")
    sys.stderr.flush()


def dict_config(level: str) -> dict[str, Any]:
    """Return the same for `logging.config`, for servers that set up logging themselves."""
    json_lines = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*_SHARED],  # without additions of libraries: arguments, tracebacks as text
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(exception_text),
            structlog.processors.JSONRenderer(),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": json_lines},
        "filters": {"kind": {"()": KindOnly}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["kind"]}},
        "loggers": {name: {"level": "DEBUG" if level.upper() == "DEBUG" else "WARNING"} for name in _TALKATIVE},
        "root": {"handlers": ["stderr"], "level": level.upper()},
    }
