"""Requests whose body was not read to its end, and what is answered to them."""

from enum import StrEnum
from typing import Final

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from grader.web.problem import ProblemError

UNREAD: Final = "nn_grader.unread"
"""Where the server tells the application, among what it tells of a request."""


class Unread(StrEnum):
    """Why a body was not read."""

    TOO_SLOW = "too slow"
    TOO_LONG = "too long"
    NO_ROOM = "no room"
    BROKEN_OFF = "broken off"


def refuse_unread() -> None:
    """Refuse a request that did not come whole; what was sent is nowhere stored.

    Raises:
        ProblemError: 408 where it came too slowly, 503 where too many come at once, 400 where its sender is gone.
        RequestEntityTooLarge: 413.
    """
    match request.environ.get(UNREAD):
        case Unread.TOO_SLOW:
            raise ProblemError("too-slow", _("The request came too slowly to be read. Please send it again."))
        case Unread.NO_ROOM:
            raise ProblemError("unavailable", _("Too much is being sent at the moment. Please try again."))
        case Unread.TOO_LONG:
            raise RequestEntityTooLarge
        case Unread.BROKEN_OFF:
            raise ProblemError("broken-off", _("The request did not come to its end."))
        case _:
            return
