"""The few links at the top of every page."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext as _

from grader.services.authenticate import SignedIn
from grader.store.users import Role


@dataclass(frozen=True, slots=True)
class Item:
    """One link; the one that leads to the page that is shown says so."""

    text: str
    url: str
    current: bool


STUDENT = ((_("Courses"), "pages.courses"), (_("Exercises"), "pages.exercises"), (_("My submissions"), "pages.history"))
INSTRUCTOR = (*STUDENT, (_("Practice"), "pages.instructor"))
ADMINISTRATOR = (*INSTRUCTOR, (_("People"), "pages.everybody"), (_("Audit log"), "pages.audit"))
LINKS = {Role.STUDENT: STUDENT, Role.INSTRUCTOR: INSTRUCTOR, Role.ADMINISTRATOR: ADMINISTRATOR}


def menu(who: SignedIn | None) -> list[Item]:
    """Give the links that are open to this person."""
    if who is None:
        return []
    links = LINKS[who.role]
    return [Item(text, url_for(endpoint), request.endpoint == endpoint) for text, endpoint in links]
