"""The audit log in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask import render_template, request, url_for
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from grader.services.accounts.audit_log import AuditLogEntry, audit_log
from grader.services.courses.courses import find_course
from grader.vocabulary import AuditFilter
from grader.web.auth import person
from grader.web.dependencies import web_services
from grader.web.pages.formatting import clock, decimal, mark
from grader.web.pages.forms import query_day, query_number, search_words

VALUE_WORDS: Mapping[str, LazyString] = MappingProxyType(
    {
        "student": lazy_gettext("student"),
        "assistant": lazy_gettext("assistant"),
        "instructor": lazy_gettext("instructor"),
        "administrator": lazy_gettext("administrator"),
        "roster": lazy_gettext("roster"),
        "at-once": lazy_gettext("immediately"),
        "after-last-attempt": lazy_gettext("after the last attempt"),
        "after-due": lazy_gettext("when submissions are closed"),
        "never": lazy_gettext("never"),
        "best": lazy_gettext("the best attempt"),
        "last": lazy_gettext("the last attempt"),
    }
)
"""Stored values with words of our own."""


@dataclass(frozen=True, slots=True)
class AuditDetail:
    """How one detail reads: its title, and its stored value in words."""

    title: LazyString
    read: Callable[[Any], str]


def value_in_words(value: Any) -> str:
    """Return a stored value as the reader's language writes it; unknown words are left unchanged."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return decimal(f"{value:.9g}")
    if isinstance(value, list):
        return ", ".join(value_in_words(one) for one in value)
    return str(VALUE_WORDS.get(str(value), value))


def _percent_in_words(value: Any) -> str:
    return mark(value * 100) if isinstance(value, int | float) else str(value)


def _moment_in_words(value: Any) -> str:
    return clock(datetime.fromisoformat(value))


DETAILS: Mapping[str, AuditDetail] = MappingProxyType(
    {
        "due_at": AuditDetail(lazy_gettext("Due"), _moment_in_words),
        "extra_attempts": AuditDetail(lazy_gettext("Extra attempts"), value_in_words),
        "time_zone": AuditDetail(lazy_gettext("Time zone"), str),
        "share": AuditDetail(lazy_gettext("Mark, in percent"), _percent_in_words),
        "policy.attempts": AuditDetail(lazy_gettext("Attempts"), value_in_words),
        "policy.counting": AuditDetail(lazy_gettext("Counted attempt"), value_in_words),
        "policy.points": AuditDetail(lazy_gettext("Points in the gradebook"), value_in_words),
        "policy.late.days": AuditDetail(lazy_gettext("Days late work is accepted"), value_in_words),
        "policy.late.per_day": AuditDetail(lazy_gettext("Late penalty per day started, in percent"), _percent_in_words),
        "policy.late.cap": AuditDetail(lazy_gettext("Maximum late penalty, in percent"), _percent_in_words),
        "policy.marks": AuditDetail(lazy_gettext("Marks"), value_in_words),
        "policy.mistakes": AuditDetail(lazy_gettext("Recognised mistakes"), value_in_words),
        "policy.solution": AuditDetail(lazy_gettext("Worked solution"), value_in_words),
        "policy.variants": AuditDetail(lazy_gettext("Different values for each student"), value_in_words),
    }
)


def details_in_words(details: Mapping[str, Any]) -> Iterator[str]:
    """Yield each detail as `title: value`; without a title as stored, since old logs must stay readable."""
    for name, value in details.items():
        known = DETAILS.get(name)
        yield f"{known.title}: {known.read(value)}" if known else f"{name}={value_in_words(value)}"


@dataclass(frozen=True, slots=True)
class AuditAction:
    """A kind of action: its name in the filter, and its sentence with placeholders for details."""

    title: LazyString
    sentence: LazyString | None = None


@dataclass(frozen=True, slots=True)
class AuditSentence:
    """The sentence of an entry, and the details without a placeholder in it."""

    sentence: str
    rest: tuple[str, ...] = ()


ACTIONS: Mapping[str, AuditAction] = MappingProxyType(
    {
        "person.created": AuditAction(lazy_gettext("Account created"), lazy_gettext("Account created as %(to)s")),
        "person.role-changed": AuditAction(
            lazy_gettext("Role changed"), lazy_gettext("Role changed from %(from)s to %(to)s")
        ),
        "person.disabled": AuditAction(lazy_gettext("Account disabled")),
        "person.enabled": AuditAction(lazy_gettext("Account re-enabled")),
        "person.link-made": AuditAction(lazy_gettext("Sign-in link created")),
        "person.password-set": AuditAction(lazy_gettext("Password set")),
        "person.identity-linked": AuditAction(lazy_gettext("Sign-in through another service linked")),
        "course.created": AuditAction(lazy_gettext("Course created")),
        "course.changed": AuditAction(lazy_gettext("Course changed")),
        "course.archived": AuditAction(lazy_gettext("Course archived")),
        "course.restored": AuditAction(lazy_gettext("Course restored")),
        "course.code-renewed": AuditAction(lazy_gettext("Course code replaced")),
        "course.code-dropped": AuditAction(lazy_gettext("Course code disabled")),
        "member.added": AuditAction(lazy_gettext("Member added"), lazy_gettext("Joined the course as %(to)s")),
        "member.changed": AuditAction(
            lazy_gettext("Role in a course changed"), lazy_gettext("Role in the course changed from %(from)s to %(to)s")
        ),
        "member.removed": AuditAction(
            lazy_gettext("Member removed"), lazy_gettext("Removed from the course, was %(from)s")
        ),
        "assignment.created": AuditAction(lazy_gettext("Assignment created")),
        "assignment.changed": AuditAction(lazy_gettext("Assignment changed")),
        "assignment.archived": AuditAction(lazy_gettext("Assignment archived")),
        "assignment.restored": AuditAction(lazy_gettext("Assignment restored")),
        "allowance.given": AuditAction(lazy_gettext("Extension or extra attempts granted")),
        "allowance.withdrawn": AuditAction(lazy_gettext("Extension or extra attempts withdrawn")),
        "mark.overridden": AuditAction(lazy_gettext("Mark overridden")),
        "mark.restored": AuditAction(lazy_gettext("Mark override removed")),
        "message.sent": AuditAction(lazy_gettext("Message sent")),
        "data.exported": AuditAction(lazy_gettext("Personal data exported")),
        "data.erased": AuditAction(lazy_gettext("Personal data erased")),
        "regrade.proposed": AuditAction(lazy_gettext("Regrade started"), lazy_gettext("Regrade %(regrade)s started")),
        "regrade.applied": AuditAction(lazy_gettext("Regrade applied"), lazy_gettext("Regrade %(regrade)s applied")),
        "regrade.rolled-back": AuditAction(
            lazy_gettext("Regrade rolled back"), lazy_gettext("Regrade %(regrade)s rolled back")
        ),
        "regrade.discarded": AuditAction(
            lazy_gettext("Regrade discarded"), lazy_gettext("Regrade %(regrade)s discarded")
        ),
    }
)


class _SentenceDetails(dict[str, str]):
    """Details for a sentence; a missing one leaves a mark instead of an error, since old logs must stay readable."""

    def __missing__(self, name: str) -> str:
        return "?"


def audit_sentence(entry: AuditLogEntry) -> AuditSentence:
    """Return the sentence of an entry; an unknown action is its own name."""
    action = ACTIONS.get(entry.action)
    details = dict(_flat_details(entry.detail))
    if action is None:
        return AuditSentence(entry.action, tuple(details_in_words(details)))
    sentence = str(action.sentence or action.title)
    places = _SentenceDetails((name, value_in_words(value)) for name, value in details.items())
    rest = {name: value for name, value in details.items() if f"%({name})s" not in sentence}
    return AuditSentence(sentence % places, tuple(details_in_words(rest)))


def _flat_details(detail: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield details as stored, nested ones with dotted names, without empty ones."""
    for name, value in detail.items():
        if isinstance(value, Mapping):
            yield from _flat_details(value, f"{path}{name}.")
        elif value is not None:
            yield f"{path}{name}", value


ENTRIES_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An entry with its sentence."""

    entry: AuditLogEntry
    said: AuditSentence


def audit() -> str:
    """Show the audit log of the site."""
    return _audit_page(_audit_filter(), None)


def course_audit(course_id: int) -> str:
    """Show the audit log of a course."""
    with web_services().sessions() as session:
        course = find_course(session, course_id)
    return _audit_page(replace(_audit_filter(), course_id=course_id), course.title)


def _audit_filter() -> AuditFilter:
    zone = person().time_zone
    asked = request.args.get("action")
    return AuditFilter(
        action=asked if asked in ACTIONS else None,
        person=search_words(request.args, "person"),
        course_id=query_number(request.args, "course"),
        since=query_day(request.args, "since", zone),
        until=query_day(request.args, "until", zone, after=True),
    )


def _audit_page(which: AuditFilter, course: str | None) -> str:
    with web_services().sessions() as session:
        page = audit_log(session, which, ENTRIES_PER_PAGE, query_number(request.args, "before"))
    narrowed = {name: text for name, text in request.args.items() if name != "before" and text}
    here = {**(request.view_args or {}), **narrowed}
    endpoint = str(request.endpoint)
    return render_template(
        "accounts/audit_log.html",
        lines=[AuditLine(entry, audit_sentence(entry)) for entry in page.items],
        actions=sorted(
            ((key, str(action.title)) for key, action in ACTIONS.items()), key=lambda pair: pair[1].casefold()
        ),
        course=course,
        narrowed=narrowed,
        all=url_for(endpoint, **(request.view_args or {})),
        newest=url_for(endpoint, **here) if "before" in request.args else None,
        older=url_for(endpoint, **here, before=page.next) if page.next else None,
    )
