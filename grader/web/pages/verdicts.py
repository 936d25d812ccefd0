"""How a verdict is shown: a word, a shape and a colour, in this order of importance, and everywhere the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import lazy_gettext as _

from grader.checking.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Badge:
    """A verdict as people see it; `style` is the class that colours it."""

    shape: str
    word: str
    style: str


BADGES: Mapping[Verdict, Badge] = MappingProxyType(
    {
        Verdict.CORRECT: Badge("✓", _("correct"), "correct"),
        Verdict.FOLLOWS: Badge("↳", _("follows"), "follows"),
        Verdict.IMPRECISE: Badge("≈", _("too few digits"), "imprecise"),
        Verdict.UNDECIDED: Badge("?", _("undecided"), "imprecise"),
        Verdict.MISTAKEN: Badge("✗", _("known mistake"), "wrong"),
        Verdict.WRONG: Badge("✗", _("wrong"), "wrong"),
        Verdict.MISSING: Badge("\N{EN DASH}", _("blank"), "missing"),
    }
)
WRONG_FIRST = Badge("✗", _("wrong first"), "wrong")


def badge(verdict: Verdict) -> Badge:
    """How a verdict is shown."""
    return BADGES[verdict]
