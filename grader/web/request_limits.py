"""Requests refused before they reach a view: unread bodies, overlong fields.

A field may be far longer than what people type, and is far shorter than a body. Its meaning is checked where it is
used; this limits what gets that far and is hashed, looked up or shown again.
"""

from enum import StrEnum
from io import BytesIO
from itertools import chain
from typing import IO, Final

from flask import Request, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from grader.services.accounts.passwords import LONGEST as LONGEST_PASSWORD
from grader.services.accounts.registration import LONGEST_EMAIL
from grader.web.problem import ProblemError
from grader.web.upload import FORM, URLENCODED

UNREAD: Final = "nn_grader.unread"
"""The key in the WSGI environment through which the server reports an unread body."""


class Unread(StrEnum):
    """Why a body was not read."""

    TOO_SLOW = "too slow"
    TOO_LONG = "too long"
    NO_ROOM = "no room"
    BROKEN_OFF = "broken off"


def refuse_unread() -> None:
    """Refuse a request that did not arrive completely; nothing of it is stored.

    Raises:
        ProblemError: 408 if it was too slow, 503 if too many came at once, 400 if the client disconnected.
        RequestEntityTooLarge: 413.
    """
    match request.environ.get(UNREAD):
        case Unread.TOO_SLOW:
            raise ProblemError("too-slow", _("The request took too long to arrive. Send it again."))
        case Unread.NO_ROOM:
            raise ProblemError("unavailable", _("Too much data is being sent right now. Try again."))
        case Unread.TOO_LONG:
            raise RequestEntityTooLarge
        case Unread.BROKEN_OFF:
            raise ProblemError("broken-off", _("The request ended early."))
        case _:
            return


MOST_FIELDS: Final = 4000
"""Fields of a form; the largest form of ours, for a regrade, has a few for each field of an exercise."""


class FormParser(FormDataParser):
    """The library's parser of forms, which takes any number of fields, and parts without a name."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        """Return the stream, the fields and the files.

        Raises:
            BadRequest: a part has no name, which no browser sends.
            RequestEntityTooLarge: there are more fields than in any form of ours.
        """
        if mimetype == URLENCODED:
            stream = BytesIO(stream.read())
            _refuse_many_fields(stream.getvalue())
        parsed = super().parse(stream, mimetype, content_length, options)
        fields, files = parsed[1:]
        if None in fields or None in files:
            for file in chain.from_iterable(files.listvalues()):
                file.close()
            raise BadRequest(_("A part of the form has no name. Nothing was stored."))
        return parsed


def _refuse_many_fields(body: bytes) -> None:
    if body.count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge(_("The form has more than %(most)s fields.", most=MOST_FIELDS))


class FormRequest(Request):
    """A request whose form is read by that parser."""

    form_data_parser_class = FormParser


LONGEST_FIELD: Final = 64 << 10
"""Characters of a field without a row of its own."""

SPACES_AROUND: Final = 64
"""Spaces that may surround a typed or pasted e-mail address."""

LONGEST_BY_NAME: Final = {
    "email": LONGEST_EMAIL + SPACES_AROUND,
    "password": LONGEST_PASSWORD + 1,  # the form reports a password that is too long
    "again": LONGEST_PASSWORD + 1,
    "current": LONGEST_PASSWORD,
    "name": 1000,
    "next": 2000,
    "page": 2000,
    "code": 100,
    "language": 35,
    "time_zone": 100,
    "title": 1000,
    "plan": 200,
}

UNBOUNDED: Final = {"pages.preview_people": ("text",), "pages.import_people": ("text",)}
"""Fields that hold a whole class: limited only by the body."""


def refuse_long_fields(taking_files: frozenset[str]) -> None:
    """Refuse a form with a field that is longer than anybody types.

    Forms that accept files are left to their views, which limit each answer: no file is read before its sender is
    known. Programs send JSON, which is limited by its schemas.

    Raises:
        ProblemError: 413, naming the field.
    """
    if request.path.startswith("/api/") or (request.mimetype == FORM and request.endpoint in taking_files):
        return
    unbounded = UNBOUNDED.get(str(request.endpoint), ())
    for name, text in request.form.items(multi=True):
        most = LONGEST_BY_NAME.get(name, LONGEST_FIELD)
        if len(name) > LONGEST_FIELD or (len(text) > most and name not in unbounded):
            detail = _("The field %(name)s has more than %(most)s characters.", name=name[:40], most=most)
            raise ProblemError("too-large", detail)
