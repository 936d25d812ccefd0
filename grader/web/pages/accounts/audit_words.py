"""The words of the audit log: one table from what is written to what is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from grader.services.audit_log import Entry


@dataclass(frozen=True, slots=True)
class Action:
    """A kind of action: its name in the list to choose from, and its sentence, with places for details."""

    title: LazyString
    sentence: LazyString | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What happened in words, and the details that the sentence has no place for."""

    sentence: str
    rest: tuple[tuple[str, str], ...] = ()


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "person.created": Action(_("Person registered"), _("Registered as %(role)s")),
        "person.role-changed": Action(_("Role changed"), _("Role changed from %(before)s to %(after)s")),
        "person.disabled": Action(_("Person disabled")),
        "person.enabled": Action(_("Person enabled")),
        "person.link-made": Action(_("Sign-in link made")),
        "person.password-set": Action(_("Password set")),
    }
)

WORDS: Mapping[str, LazyString] = MappingProxyType(
    {
        "student": _("student"),
        "assistant": _("assistant"),
        "instructor": _("instructor"),
        "administrator": _("administrator"),
    }
)
"""Details that are words of our own."""


class _Places(dict[str, str]):
    """Details for a sentence; one that is missing leaves a mark, no error: the log is old and has to be read."""

    def __missing__(self, name: str) -> str:
        return "?"


def said_of(entry: Entry) -> Said:
    """Say what happened; an action that nobody knows any more is its own name."""
    action = ACTIONS.get(entry.action)
    details = {name: _in_words(value) for name, value in entry.detail.items()}
    if action is None:
        return Said(entry.action, tuple(details.items()))
    sentence = str(action.sentence or action.title)
    rest = tuple((name, text) for name, text in details.items() if f"%({name})s" not in sentence)
    return Said(sentence % _Places(details), rest)


def _in_words(value: Any) -> str:
    return str(WORDS.get(value, value)) if isinstance(value, str) else str(value)
