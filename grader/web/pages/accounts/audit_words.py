"""The words of the audit log: one table from what is written to what is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from grader.services.audit_log import Entry
from grader.web.pages.accounts.audit_details import details_in_words, value_in_words


@dataclass(frozen=True, slots=True)
class Action:
    """A kind of action: its name in the list to choose from, and its sentence, with places for details."""

    title: LazyString
    sentence: LazyString | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What happened in words, and the details that the sentence has no place for."""

    sentence: str
    rest: tuple[str, ...] = ()


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "person.created": Action(_("Person registered"), _("Registered as %(to)s")),
        "person.role-changed": Action(_("Role changed"), _("Role changed from %(from)s to %(to)s")),
        "person.disabled": Action(_("Person disabled")),
        "person.enabled": Action(_("Person enabled")),
        "person.link-made": Action(_("Sign-in link made")),
        "person.password-set": Action(_("Password set")),
        "person.identity-linked": Action(_("Sign-in through another service linked")),
        "course.created": Action(_("Course created")),
        "course.changed": Action(_("Course changed")),
        "course.archived": Action(_("Course archived")),
        "course.restored": Action(_("Course restored")),
        "course.code-renewed": Action(_("Join code renewed")),
        "course.code-dropped": Action(_("Join code dropped")),
        "member.added": Action(_("Member added"), _("Joined the course as %(to)s")),
        "member.changed": Action(
            _("Role in a course changed"), _("Role in the course changed from %(from)s to %(to)s")
        ),
        "member.removed": Action(_("Member removed"), _("Removed from the course, was %(from)s")),
        "assignment.created": Action(_("Assignment created")),
        "assignment.changed": Action(_("Assignment changed")),
        "assignment.archived": Action(_("Assignment archived")),
        "assignment.restored": Action(_("Assignment restored")),
        "allowance.given": Action(_("Extension or extra attempts given")),
        "allowance.withdrawn": Action(_("Extension or extra attempts withdrawn")),
        "mark.overridden": Action(_("Mark set by hand")),
        "mark.restored": Action(_("Mark set by hand withdrawn")),
        "message.sent": Action(_("Message sent")),
        "data.exported": Action(_("Data of a person exported")),
        "data.erased": Action(_("Data of a person erased")),
        "regrade.proposed": Action(_("Regrade begun"), _("Regrade %(regrade)s begun")),
        "regrade.applied": Action(_("Regrade applied"), _("Regrade %(regrade)s applied")),
        "regrade.rolled-back": Action(_("Regrade rolled back"), _("Regrade %(regrade)s rolled back")),
        "regrade.discarded": Action(_("Regrade discarded"), _("Regrade %(regrade)s discarded")),
    }
)


class _Places(dict[str, str]):
    """Details for a sentence; one that is missing leaves a mark, no error: the log is old and has to be read."""

    def __missing__(self, name: str) -> str:
        return "?"


def said_of(entry: Entry) -> Said:
    """Say what happened; an action that nobody knows any more is its own name."""
    action = ACTIONS.get(entry.action)
    details = dict(_flat(entry.detail))
    if action is None:
        return Said(entry.action, tuple(details_in_words(details)))
    sentence = str(action.sentence or action.title)
    places = _Places((name, value_in_words(value)) for name, value in details.items())
    rest = {name: value for name, value in details.items() if f"%({name})s" not in sentence}
    return Said(sentence % places, tuple(details_in_words(rest)))


def _flat(detail: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Details as they are stored; of those within others the names with dots, and none that are empty."""
    for name, value in detail.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{name}.")
        elif value is not None:
            yield f"{path}{name}", value
