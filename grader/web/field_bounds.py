"""How long what is typed into a form may be: far longer than what people type, far shorter than a body.

What a field means is checked where it is used; this bounds what comes that far, is hashed, looked up or shown again.
"""

from typing import Final

from flask import request
from flask_babel import gettext as _

from grader.services.passwords import LONGEST as LONGEST_PASSWORD
from grader.services.register import LONGEST_EMAIL
from grader.web.problem import ProblemError
from grader.web.upload import FORM

LONGEST: Final = 64 << 10
"""Characters of a field without a row of its own."""

AROUND: Final = 64
"""Spaces that somebody may have typed or pasted around an e-mail."""

BY_NAME: Final = {
    "email": LONGEST_EMAIL + AROUND,
    "password": LONGEST_PASSWORD + 1,  # the form says itself that one is too long
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

LISTS: Final = {"pages.preview_people": ("text",), "pages.import_people": ("text",)}
"""Fields that hold a whole class: as long as the body may be."""


def refuse_long_fields(taking_files: frozenset[str]) -> None:
    """Refuse a form with a field that is longer than anybody types.

    Forms that take files are left to their views, which bound each answer: nothing of a file is read before it is known
    who sends it. Programs send JSON, which is bounded by its schemas.

    Raises:
        ProblemError: 413, naming the field.
    """
    if request.path.startswith("/api/") or (request.mimetype == FORM and request.endpoint in taking_files):
        return
    unbounded = LISTS.get(str(request.endpoint), ())
    for name, text in request.form.items(multi=True):
        most = BY_NAME.get(name, LONGEST)
        if len(name) > LONGEST or (len(text) > most and name not in unbounded):
            detail = _("The field %(name)s is longer than %(most)s characters.", name=name[:40], most=most)
            raise ProblemError("too-large", detail)
