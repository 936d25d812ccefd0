"""An assignment's policy in plain language, and warnings about it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from markupsafe import Markup

from grader.judging.policy import Counting, Late, Policy, Shown, Terms
from grader.judging.policy_warnings import PolicyWarning
from grader.web.i18n import LANGUAGES, language
from grader.web.pages.formatting import mark

Say = Callable[[datetime], str]
"""Formats a moment."""

MARKS = {
    Shown.AT_ONCE: lazy_gettext("Marks are shown immediately."),
    Shown.AFTER_LAST: lazy_gettext("Marks are shown after the last attempt."),
    Shown.AFTER_DUE: lazy_gettext("Marks are shown when submissions are closed."),
    Shown.NEVER: lazy_gettext("Marks are not shown."),
}
MISTAKES = {
    Shown.AT_ONCE: lazy_gettext("Recognised mistakes are shown immediately."),
    Shown.AFTER_LAST: lazy_gettext("Recognised mistakes are shown after the last attempt."),
    Shown.AFTER_DUE: lazy_gettext("Recognised mistakes are shown when submissions are closed."),
    Shown.NEVER: lazy_gettext("Recognised mistakes are not shown."),
}
SOLUTION = {
    Shown.AT_ONCE: lazy_gettext("The worked solution is shown immediately."),
    Shown.AFTER_LAST: lazy_gettext("The worked solution is shown after the last attempt."),
    Shown.AFTER_DUE: lazy_gettext("The worked solution is shown when submissions are closed."),
    Shown.NEVER: lazy_gettext("The worked solution is not shown."),
}
POLICY_WARNINGS: Mapping[PolicyWarning, object] = MappingProxyType(
    {
        PolicyWarning.SOLUTION_BEFORE_LAST: lazy_gettext(
            "The worked solution is shown while attempts remain, so the second attempt can be copied from it."
        ),
        PolicyWarning.SOLUTION_PASSED_ON: lazy_gettext(
            "All students have the same values, and some can see the worked solution before others have "
            "submitted, so it can be shared."
        ),
        PolicyWarning.SOLUTION_WHILE_LATE: lazy_gettext(
            "The worked solution is shown after the due time but late work is always accepted, so it can be copied."
        ),
        PolicyWarning.MISTAKES_BEFORE_MARKS: lazy_gettext(
            "Mistakes are named before marks are shown, so students can tell what is wrong."
        ),
        PolicyWarning.NEVER_DUE: lazy_gettext("There is no due time, so anything shown after it will never be shown."),
        PolicyWarning.NEVER_LAST: lazy_gettext(
            "Attempts are unlimited, so anything shown after the last attempt will never be shown."
        ),
        PolicyWarning.LATE_FOR_NOTHING: lazy_gettext("Late work is accepted but earns no points."),
        PolicyWarning.LATE_FOR_FREE: lazy_gettext(
            "Late work has no penalty, so the last day on which it is accepted is the real due time."
        ),
    }
)


def in_zone(zone: str) -> Say:
    """Format moments as local time in a zone: Friday 27 November 2026, 23:59 CET."""

    def say(at: datetime) -> str:
        spoken, there = language(), at.astimezone(ZoneInfo(zone))
        named = f"{there:%Z}"
        return f"{format_datetime(there, LANGUAGES[spoken].long_moment, locale=spoken)} {named if named.isalpha() else f'UTC{named}'}"

    return say


def policy_summary(terms: Terms, of: float, say: Say) -> list[str]:
    """Return what a student has to know, one sentence each: times, late work, attempts, values, visibility, points."""
    policy = terms.policy
    return [
        *_times(terms, say),
        _attempts(terms),
        *_values(policy),
        str(MARKS[policy.marks]),
        str(MISTAKES[policy.mistakes]),
        str(SOLUTION[policy.solution]),
        _("Worth %(points)s in the gradebook.", points=mark(policy.points_of(of))),
    ]


def _times(terms: Terms, say: Say) -> list[str]:
    opens = [] if terms.opens_at is None else [_with(_("Opens %(when)s."), say(terms.opens_at))]
    if terms.due_at is None:
        return [*opens, _("No due time.")]
    return [*opens, _with(_("Due %(when)s."), say(terms.due_at)), _late(terms, say)]


def _late(terms: Terms, say: Say) -> str:
    late, until = terms.policy.late, terms.closes_at
    if late.days == 0:
        return _("Late work is not accepted.")
    if until is None:
        return _cost_for_ever(late)
    if late.lost(1) == 0:
        return _with(_("Late work has no penalty, and is accepted until %(when)s."), say(until))
    lost = {"percent": mark(late.per_day * 100), "most": mark(late.cap * 100)}
    if late.cap >= 1:
        return _with(
            _("Late work loses %(percent)s %% per day started, and is accepted until %(when)s."), say(until), **lost
        )
    words = _("Late work loses %(percent)s %% per day started, %(most)s %% at most, and is accepted until %(when)s.")
    return _with(words, say(until), **lost)


def _cost_for_ever(late: Late) -> str:
    if late.lost(1) == 0:
        return _("Late work has no penalty.")
    if late.cap >= 1:
        return _("Late work loses %(percent)s %% per day started.", percent=mark(late.per_day * 100))
    return _(
        "Late work loses %(percent)s %% per day started, %(most)s %% at most.",
        percent=mark(late.per_day * 100),
        most=mark(late.cap * 100),
    )


def _attempts(terms: Terms) -> str:
    best = terms.policy.counting is Counting.BEST
    if terms.allowed is None:
        return _("Unlimited attempts; the best counts.") if best else _("Unlimited attempts; the last counts.")
    if terms.allowed == 1:
        return _("One attempt.")
    if best:
        return ngettext("%(num)s attempt; the best counts.", "%(num)s attempts; the best counts.", terms.allowed)
    return ngettext("%(num)s attempt; the last counts.", "%(num)s attempts; the last counts.", terms.allowed)


def _values(policy: Policy) -> list[str]:
    return [] if policy.variants else [_("All students have the same values.")]


def _with(words: str, when: str, **values: str) -> str:
    """Insert a moment into a translated sentence; if it is markup, the result is markup too."""
    said = {"when": when, **values}
    return Markup(words) % said if isinstance(when, Markup) else words % said  # noqa: S704 - the sentence is ours, inserted values are escaped
