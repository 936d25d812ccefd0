"""One stream of JSON lines. What people have sent stands in none of them: no answers, no names, no parameters.

A traceback shows where something happened and what kind of thing. Messages that Python and its libraries make out of a
value that they could not use (`invalid literal for int(): …`) are left out; those of the database are made harmless where
they arise, in `grader.store.database`.
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
"""What happens to every line, ours or a library's."""

READY: Final = '{"event": "ready for work"}'
"""What the worker and its clock write when they are, at every level of logging: whoever started them reads it."""

_TALKATIVE = ("celery.worker.strategy", "celery.app.trace", "celery.beat")
"""They say at every message that it came and went; only who debugs wants to know."""


_QUOTING: Final = (ValueError, LookupError)
"""Their messages quote what was wrong; pydantic's errors and those of reading JSON and Unicode are among them."""

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
    """Of a task that failed Celery tells the exception in words, and with what the task was called: we, its kind."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without values."""
        if isinstance(record.args, Mapping) and "exc" in record.args:
            kind = record.exc_info[0] if record.exc_info else None
            record.args = {**record.args, "exc": kind.__name__ if kind else "", "args": "", "kwargs": ""}
        return True


def configure(level: str) -> None:
    """Write one stream of JSON lines to standard error: our own words and those of all libraries alike."""
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
    """Write that this process is ready for work."""
    sys.stderr.write(f"{READY}\n")
    sys.stderr.flush()


def dict_config(level: str) -> dict[str, Any]:
    """Return the same for `logging.config`, for servers that want to set up logging themselves."""
    json_lines = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*_SHARED],  # without what libraries add to a record: arguments, tracebacks in words
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
