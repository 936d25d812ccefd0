"""States, causes and settings of regrades in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from grader.judging.policy import Counting, Policy
from grader.services.regrading.comparison import Cause
from grader.services.regrading.regrades import FoundRegrade, JudgingRules
from grader.services.regrading.worker import CHANGED_MEANWHILE, NO_REPORT, OTHER_VERSION
from grader.vocabulary import RegradeState
from grader.web.pages.formatting import decimal

STATES: Mapping[RegradeState, object] = MappingProxyType(
    {
        RegradeState.RUNNING: lazy_gettext("being graded"),
        RegradeState.READY: lazy_gettext("ready, not applied"),
        RegradeState.APPLYING: lazy_gettext("being applied"),
        RegradeState.APPLIED: lazy_gettext("applied"),
        RegradeState.ROLLING_BACK: lazy_gettext("being rolled back"),
        RegradeState.ROLLED_BACK: lazy_gettext("rolled back"),
        RegradeState.DISCARDED: lazy_gettext("discarded"),
        RegradeState.FAILED: lazy_gettext("failed"),
    }
)
CAUSES: Mapping[Cause, object] = MappingProxyType(
    {
        Cause.VERDICTS: lazy_gettext("fields graded differently"),
        Cause.WORTH: lazy_gettext("credit or points"),
        Cause.POLICY: lazy_gettext("policy"),
    }
)
TOLERANCE_KINDS: Mapping[str, object] = MappingProxyType(
    {
        "relative": lazy_gettext("share of the value"),
        "absolute": lazy_gettext("absolute"),
        "digits": lazy_gettext("significant digits"),
        "of_change": lazy_gettext("share of the change"),
    }
)
FAILURES: Mapping[str, object] = MappingProxyType(
    {
        NO_REPORT: lazy_gettext("The grader stopped each time it tried to regrade the submissions."),
        OTHER_VERSION: lazy_gettext("nn-grader has been updated since. Propose the regrade again."),
        CHANGED_MEANWHILE: lazy_gettext(
            "The assignment was changed after the regrade was proposed. Please propose it again."
        ),
    }
)
"""Other failures name an exercise's file or a submission, in English, for operators."""

COUNTING = {Counting.BEST: lazy_gettext("the best attempt"), Counting.LAST: lazy_gettext("the last attempt")}


@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """One changed setting; an empty text means the exercise's own value."""

    what: str
    before: str
    after: str


def settings_changed(regrade: FoundRegrade) -> tuple[ChangedSetting, ...]:
    """Return the changes of a regrade in words, in the order of the form."""
    before, after = dict(_settings(regrade.before)), dict(_settings(regrade.after))
    return tuple(
        ChangedSetting(what, before.get(what, ""), after.get(what, ""))
        for what in {**before, **after}
        if before.get(what) != after.get(what)
    )


def _settings(rules: JudgingRules) -> Iterator[tuple[str, str]]:
    overrides = rules.overrides
    for way, value in overrides.tolerance.to_json().items():
        yield _("Tolerance of all fields, %(way)s", way=TOLERANCE_KINDS[way]), _number(value)
    for name, own in overrides.fields.items():
        for way, value in own.to_json().items():
            yield _("Tolerance of %(field)s, %(way)s", field=name, way=TOLERANCE_KINDS[way]), _number(value)
    for verdict, share in overrides.credit.items():
        yield _credit(verdict), _number(share)
    for name, points in overrides.points.items():
        yield _("Points of %(field)s", field=name), _number(points)
    yield from _policy(rules.policy)


def _policy(policy: Policy) -> Iterator[tuple[str, str]]:
    yield _("Counted attempt"), str(COUNTING[policy.counting])
    yield _("Attempts"), _("no limit") if policy.attempts is None else str(policy.attempts)
    yield _("Late penalty per day started, in percent"), _number(policy.late.per_day * 100)
    yield _("Maximum late penalty, in percent"), _number(policy.late.cap * 100)
    yield _("Points in the gradebook"), "" if policy.points is None else _number(policy.points)


def _credit(verdict: Any) -> str:
    return {
        "correct": _("Credit for correct"),
        "follows": _("Credit for values that follow from an earlier error"),
        "imprecise": _("Credit for too few digits"),
        "undecided": _("Credit for undecided"),
        "mistaken": _("Credit for a known mistake"),
    }[str(verdict)]


def _number(value: float) -> str:
    return decimal(f"{value:.9g}")
