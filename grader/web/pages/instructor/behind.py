"""The addresses behind the figures: lists of submissions, by what they have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from types import MappingProxyType
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _

from grader.checking.verdict import Verdict
from grader.services.analysis.selection import (
    Marked,
    Mistaken,
    Needed,
    Selection,
    SentBetween,
    Ungraded,
    Verdicts,
)
from grader.services.analysis.work import Which


def behind(assignment_id: int, selection: Selection | None = None) -> str:
    """Give the address of the list of these submissions; of all where nothing is selected."""
    query = {} if selection is None else WAYS[type(selection)].write(selection)
    return list_address(assignment_id, query)


def behind_group(assignment_id: int, field: str, place: float) -> str:
    """Give the address of the list of unexplained answers that lie at one place."""
    return list_address(assignment_id, {"field": field, "near": f"{place:.9g}"})


def list_address(assignment_id: int, query: Mapping[str, str]) -> str:
    """Give the address of a list."""
    return url_for("pages.assignment_submissions", assignment_id=assignment_id, **dict[str, Any](query))


def asked_for() -> Selection | None:
    """Read the selection of the address that was opened; one that cannot be read is a bad request."""
    way = next((way for way in WAYS.values() if way.key in request.args), None)
    try:
        return None if way is None else way.read(request.args)
    except (KeyError, ValueError):
        abort(400, _("This list cannot be read from the address. Open it from the dashboard."))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.year in {MINYEAR, MAXYEAR}:
        raise ValueError("in another time zone it may be a year that there is none of")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Way:
    """How a selection stands in an address: `key` is there for no other."""

    key: str
    write: Callable[[Any], dict[str, str]]
    read: Callable[[Mapping[str, str]], Selection]


WAYS: Mapping[type, Way] = MappingProxyType(
    {
        Verdicts: Way(
            "verdict",
            lambda one: {"field": one.field, "verdict": one.verdict, "of": one.which},
            lambda args: Verdicts(args["field"], Verdict(args["verdict"]), Which(args.get("of", Which.COUNTED))),
        ),
        Mistaken: Way("mistake", lambda one: {"mistake": one.mistake}, lambda args: Mistaken(args["mistake"])),
        Marked: Way(
            "from",
            lambda one: {"from": f"{one.start:.9g}", "to": f"{one.end:.9g}"},
            lambda args: Marked(float(args["from"]), float(args["to"])),
        ),
        SentBetween: Way(
            "since",
            lambda one: {"since": _moment(one.start), "until": _moment(one.end)},
            lambda args: SentBetween(_read_moment(args["since"]), _read_moment(args["until"])),
        ),
        Needed: Way("tries", lambda one: {"tries": str(one.tries)}, lambda args: Needed(int(args["tries"]))),
        Ungraded: Way(
            "state",
            lambda one: {"state": "failed" if one.failed else "waiting"},
            lambda args: Ungraded({"failed": True, "waiting": False}[args["state"]]),
        ),
    }
)
