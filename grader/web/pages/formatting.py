"""Numbers, times, titles and verdicts on pages, in the reader's language."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_skeleton
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from grader.judging.exercise import Field, FieldKind
from grader.judging.verdict import Verdict
from grader.messages.message import SENTENCES
from grader.web.auth import visitor
from grader.web.dependencies import web_services
from grader.web.i18n import LANGUAGES, language, reading_language


def decimal(number: str) -> str:
    """A number that Python wrote, as the reader's language writes it: 0.05 or 0,05, and a true minus sign."""
    return number.replace("-", "\N{MINUS SIGN}").replace(".", LANGUAGES[language()].decimal)


def mark(points: float) -> str:
    """Format points without floating-point noise: 16.5, 20, 0.33."""
    return decimal(f"{round(points, 2):g}" if abs(points) < 1e5 else f"{points:.0f}")  # noqa: PLR2004 - where :g would switch to 1e+05


def given(value: float) -> str:
    """Format a given value as in the exercise: 0.05, -1, 4."""
    return decimal(f"{value:.10g}")


def clock(moment: datetime) -> str:
    """Format a moment in the reader's time zone, else in UTC; a script converts it to the browser's own."""
    spoken, user = language(), visitor()
    there = moment.astimezone(ZoneInfo(user.time_zone) if user and user.time_zone else UTC)
    return f"{format_datetime(there, LANGUAGES[spoken].moment, locale=spoken)} {there:%Z}"


def exactly(value: float) -> str:
    """Format a correct value for instructors: twelve significant digits."""
    return decimal(f"{value:.12g}")


def computed(value: float) -> str:
    """Format a computed value: six significant digits."""
    return decimal(f"{value:.6g}")


def axis_day(moment: datetime) -> str:
    """A day without its year, short enough for an axis: 16 Nov, 16/11."""
    spoken = language()
    return str(format_skeleton(LANGUAGES[spoken].short_day, moment, tzinfo=moment.tzinfo, locale=spoken))


def axis_hour(moment: datetime) -> str:
    """Format a day with the time: 16 Nov, 18:00."""
    return f"{axis_day(moment)}, {moment:%H:%M}"


class HasTitle(Protocol):
    """An exercise, or a part of one."""

    def title_in(self, language: str, /) -> str:
        """Return the title in a language."""


class NamedAssignment(Protocol):
    """An assignment."""

    @property
    def title(self) -> str:
        """Its own title."""


def titled(thing: HasTitle) -> str:
    """Return the title of an exercise, or of a part, in the reader's language."""
    return thing.title_in(language())


def called(assignment: NamedAssignment | str) -> str:
    """Return the title of an assignment: its own, or if that equals the exercise's, in the reader's language."""
    title = assignment if isinstance(assignment, str) else assignment.title
    exercises = (published for published in web_services().catalog if published.title == title)
    return next(map(titled, exercises), title)


def told(reason: str | None) -> str:
    """Word a failure: our own sentences in the reader's language, messages of programs unchanged."""
    return _(reason) if reason else ""


def label_of(field: Field) -> str:
    """Return the LaTeX label of a field; the file field has a translated name."""
    return rf"\text{{{_('file')}}}" if field.kind is FieldKind.FILE else field.label


def said_while_typing(kinds: Collection[FieldKind]) -> dict[str, str]:
    """Return what may be said of a text of some kinds that can't be read, for the script that puts the values in."""
    spoken = reading_language()
    return {key: spoken.translate(key, said) for key, said in SENTENCES.items() if key.partition(".")[0] in kinds}


@dataclass(frozen=True, slots=True)
class Badge:
    """A verdict as people see it; `style` is its CSS class."""

    shape: str
    word: str
    style: str


BADGES: Mapping[Verdict, Badge] = MappingProxyType(
    {
        Verdict.CORRECT: Badge("✓", lazy_gettext("correct"), "correct"),
        Verdict.FOLLOWS: Badge("↳", lazy_gettext("follows"), "follows"),
        Verdict.IMPRECISE: Badge("≈", lazy_gettext("too few digits"), "imprecise"),
        Verdict.UNDECIDED: Badge("?", lazy_gettext("undecided"), "imprecise"),
        Verdict.MISTAKEN: Badge("✗", lazy_gettext("known mistake"), "wrong"),
        Verdict.WRONG: Badge("✗", lazy_gettext("wrong"), "wrong"),
        Verdict.MISSING: Badge("\N{EN DASH}", lazy_gettext("blank"), "missing"),
    }
)
WRONG_FIRST = Badge("✗", lazy_gettext("first error"), "wrong")


def badge(verdict: Verdict) -> Badge:
    """Return how a verdict is shown."""
    return BADGES[verdict]
