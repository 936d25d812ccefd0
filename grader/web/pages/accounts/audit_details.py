"""The details of an action in words: one table from the names that the log stores to titles and readable values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from grader.web.pages.filters import clock, decimal, mark

WORDS: Mapping[str, LazyString] = MappingProxyType(
    {
        "student": lazy_gettext("student"),
        "assistant": lazy_gettext("assistant"),
        "instructor": lazy_gettext("instructor"),
        "administrator": lazy_gettext("administrator"),
        "roster": lazy_gettext("roster"),
        "at-once": lazy_gettext("at once"),
        "after-last-attempt": lazy_gettext("after the last attempt"),
        "after-due": lazy_gettext("when no more can be sent"),
        "never": lazy_gettext("never"),
        "best": lazy_gettext("the best attempt"),
        "last": lazy_gettext("the last attempt"),
    }
)
"""Stored values that are words of our own."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How one detail reads: its title, and its stored value in words."""

    title: LazyString
    read: Callable[[Any], str]


def value_in_words(value: Any) -> str:
    """Return a stored value as the reader's language writes it; an unknown word stays as it is."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return decimal(f"{value:.9g}")
    if isinstance(value, list):
        return ", ".join(value_in_words(one) for one in value)
    return str(WORDS.get(str(value), value))


def _percent(value: Any) -> str:
    return mark(value * 100) if isinstance(value, int | float) else str(value)


def _moment(value: Any) -> str:
    return clock(datetime.fromisoformat(value))


DETAILS: Mapping[str, Detail] = MappingProxyType(
    {
        "due_at": Detail(lazy_gettext("Due"), _moment),
        "extra_attempts": Detail(lazy_gettext("Further attempts"), value_in_words),
        "time_zone": Detail(lazy_gettext("Time zone"), str),
        "share": Detail(lazy_gettext("Mark, in percent"), _percent),
        "policy.attempts": Detail(lazy_gettext("Attempts"), value_in_words),
        "policy.counting": Detail(lazy_gettext("What counts"), value_in_words),
        "policy.points": Detail(lazy_gettext("Points in the gradebook"), value_in_words),
        "policy.late.days": Detail(lazy_gettext("Late work accepted, in days"), value_in_words),
        "policy.late.per_day": Detail(lazy_gettext("Loses, per day begun, in percent"), _percent),
        "policy.late.cap": Detail(lazy_gettext("Loses at most, in percent"), _percent),
        "policy.marks": Detail(lazy_gettext("Marks"), value_in_words),
        "policy.mistakes": Detail(lazy_gettext("Recognised mistakes"), value_in_words),
        "policy.solution": Detail(lazy_gettext("Worked solution"), value_in_words),
        "policy.variants": Detail(lazy_gettext("Own values for each student"), value_in_words),
    }
)


def details_in_words(details: Mapping[str, Any]) -> Iterator[str]:
    """Yield each detail as `title: value`; one without a title as it is stored, since old logs have to be read too."""
    for name, value in details.items():
        known = DETAILS.get(name)
        yield f"{known.title}: {known.read(value)}" if known else f"{name}={value_in_words(value)}"
