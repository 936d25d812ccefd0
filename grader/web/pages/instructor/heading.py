"""What a list of submissions has in common, in words."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from grader.sayings.mistakes import title_of
from grader.services.analysis.selection import (
    Marked,
    Mistaken,
    Needed,
    SentBetween,
    Ungraded,
    Verdicts,
)
from grader.services.analysis.tries import LONG
from grader.services.analysis.work import Which
from grader.services.classwork import Classwork
from grader.web.language import language
from grader.web.pages.filters import mark
from grader.web.pages.instructor.behind import asked_for
from grader.web.pages.instructor.days import hour
from grader.web.pages.verdicts import BADGES


def heading(classwork: Classwork) -> str:
    """Say what was asked for."""
    if "near" in request.args:
        return _("Alike and unexplained")
    selection = asked_for()
    return _("All submissions") if selection is None else HEADINGS[type(selection)](selection, classwork)


def _verdicts(wanted: Verdicts, _classwork: Classwork) -> str:
    word = BADGES[wanted.verdict].word
    if wanted.which is Which.FIRST:
        return _("First attempts: %(verdict)s", verdict=word)
    return _("Counted attempts: %(verdict)s", verdict=word)


def _marked(wanted: Marked, _classwork: Classwork) -> str:
    return _("Marks that round to %(mark)s", mark=mark((wanted.start + wanted.end) / 2))


def _sent(wanted: SentBetween, classwork: Classwork) -> str:
    zone = ZoneInfo(classwork.assignment.time_zone)
    start, end = hour(wanted.start.astimezone(zone)), hour(wanted.end.astimezone(zone))
    return _("Sent from %(start)s to %(end)s", start=start, end=end)


def _needed(wanted: Needed, _classwork: Classwork) -> str:
    if wanted.tries == 0:
        return _("Not yet at full marks: the counted attempts")
    if wanted.tries >= LONG:
        return _("Full marks after %(tries)s attempts or more", tries=wanted.tries)
    return _("Full marks at attempt %(tries)s", tries=wanted.tries)


HEADINGS: Mapping[type, Callable[..., str]] = MappingProxyType(
    {
        Verdicts: _verdicts,
        Mistaken: lambda wanted, _classwork: title_of(wanted.mistake, language()),
        Marked: _marked,
        SentBetween: _sent,
        Needed: _needed,
        Ungraded: lambda wanted, _classwork: _("Could not be graded") if wanted.failed else _("Waiting to be graded"),
    }
)
