"""The lists of submissions behind the figures: their URLs and headings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, request, url_for
from flask_babel import gettext as _

from grader.analytics.filters import Marked, Mistaken, Needed, Selection, SentBetween, Ungraded, Verdicts
from grader.analytics.records import LONG, WhichAttempt
from grader.judging.verdict import Verdict
from grader.messages.mistakes import title_of
from grader.services.gradebook.class_data import ClassData
from grader.web.i18n import reading_language
from grader.web.pages.formatting import BADGES, axis_hour, mark


def drilldown_url(assignment_id: int, selection: Selection | None = None) -> str:
    """Return the URL of the list of these submissions; of all without a selection."""
    query = {} if selection is None else SELECTION_QUERIES[type(selection)].write(selection)
    return list_url(assignment_id, query)


def group_url(assignment_id: int, field: str, place: float) -> str:
    """Return the URL of the list of unexplained answers at one position."""
    return list_url(assignment_id, {"field": field, "near": f"{place:.9g}"})


def list_url(assignment_id: int, query: Mapping[str, str]) -> str:
    """Return the URL of a list."""
    return url_for("pages.assignment_submissions", assignment_id=assignment_id, **dict[str, Any](query))


def selection_in_query() -> Selection | None:
    """Return the selection in the requested URL; an invalid one is a bad request."""
    way = next((way for way in SELECTION_QUERIES.values() if way.key in request.args), None)
    try:
        return None if way is None else way.read(request.args)
    except (KeyError, ValueError):
        abort(400, _("The address of this list is not valid. Open the list from the dashboard."))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.year in {MINYEAR, MAXYEAR}:
        raise ValueError("in another time zone it may be a year that there is none of")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SelectionQuery:
    """A kind of selection in a URL; `key` is unique to it."""

    key: str
    write: Callable[[Any], dict[str, str]]
    read: Callable[[Mapping[str, str]], Selection]


SELECTION_QUERIES: Mapping[type, SelectionQuery] = MappingProxyType(
    {
        Verdicts: SelectionQuery(
            "verdict",
            lambda one: {"field": one.field, "verdict": one.verdict, "of": one.which},
            lambda args: Verdicts(
                args["field"], Verdict(args["verdict"]), WhichAttempt(args.get("of", WhichAttempt.COUNTED))
            ),
        ),
        Mistaken: SelectionQuery(
            "mistake", lambda one: {"mistake": one.mistake}, lambda args: Mistaken(args["mistake"])
        ),
        Marked: SelectionQuery(
            "from",
            lambda one: {"from": f"{one.start:.9g}", "to": f"{one.end:.9g}"},
            lambda args: Marked(float(args["from"]), float(args["to"])),
        ),
        SentBetween: SelectionQuery(
            "since",
            lambda one: {"since": _moment(one.start), "until": _moment(one.end)},
            lambda args: SentBetween(_read_moment(args["since"]), _read_moment(args["until"])),
        ),
        Needed: SelectionQuery("tries", lambda one: {"tries": str(one.tries)}, lambda args: Needed(int(args["tries"]))),
        Ungraded: SelectionQuery(
            "state",
            lambda one: {"state": "failed" if one.failed else "waiting"},
            lambda args: Ungraded({"failed": True, "waiting": False}[args["state"]]),
        ),
    }
)


def list_heading(classwork: ClassData) -> str:
    """Word the selection."""
    if "near" in request.args:
        return _("Same unexplained value")
    selection = selection_in_query()
    return _("All submissions") if selection is None else HEADINGS[type(selection)](selection, classwork)


def _verdicts(wanted: Verdicts, _classwork: ClassData) -> str:
    word = BADGES[wanted.verdict].word
    if wanted.which is WhichAttempt.FIRST:
        return _("First attempts: %(verdict)s", verdict=word)
    return _("Counted attempts: %(verdict)s", verdict=word)


def _marked(wanted: Marked, _classwork: ClassData) -> str:
    return _("Marks that round to %(mark)s", mark=mark((wanted.start + wanted.end) / 2))


def _sent(wanted: SentBetween, classwork: ClassData) -> str:
    zone = ZoneInfo(classwork.assignment.time_zone)
    start, end = axis_hour(wanted.start.astimezone(zone)), axis_hour(wanted.end.astimezone(zone))
    return _("Submitted from %(start)s to %(end)s", start=start, end=end)


def _needed(wanted: Needed, _classwork: ClassData) -> str:
    if wanted.tries == 0:
        return _("Counted attempts without full marks")
    if wanted.tries >= LONG:
        return _("Full marks after %(tries)s attempts or more", tries=wanted.tries)
    return _("Full marks at attempt %(tries)s", tries=wanted.tries)


HEADINGS: Mapping[type, Callable[..., str]] = MappingProxyType(
    {
        Verdicts: _verdicts,
        Mistaken: lambda wanted, _classwork: title_of(wanted.mistake, reading_language()),
        Marked: _marked,
        SentBetween: _sent,
        Needed: _needed,
        Ungraded: lambda wanted, _classwork: _("Could not be graded") if wanted.failed else _("Waiting to be graded"),
    }
)
