"""The few links at the top of every page; below a course, those of the course."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext as _

from grader.services.authenticate import SignedIn
from grader.services.membership import Membership
from grader.store.users import Role
from grader.web.auth import current_membership


@dataclass(frozen=True, slots=True)
class Item:
    """One link; the one that leads to the page that is shown says so."""

    text: object
    url: str
    current: bool


STUDENT = ((_("Courses"), "pages.courses"), (_("Exercises"), "pages.exercises"), (_("My submissions"), "pages.history"))
INSTRUCTOR = (*STUDENT, (_("Practice"), "pages.instructor"))
ADMINISTRATOR = (*INSTRUCTOR, (_("People"), "pages.everybody"), (_("Audit log"), "pages.audit"))
LINKS = {Role.STUDENT: STUDENT, Role.INSTRUCTOR: INSTRUCTOR, Role.ADMINISTRATOR: ADMINISTRATOR}

STAFF = ((_("People"), "pages.people"), (_("Gradebook"), "pages.course_grid"))
EDITOR = (*STAFF, (_("Log"), "pages.course_audit"), (_("Settings"), "pages.course_settings"))


def menu(who: SignedIn | None) -> list[Item]:
    """Give the links that are open to this person."""
    if who is None:
        return []
    here = current_membership()
    if here is not None:
        return _of_course(here)
    return [Item(text, url_for(endpoint), request.endpoint == endpoint) for text, endpoint in LINKS[who.role]]


def _of_course(here: Membership) -> list[Item]:
    """The course itself, and to those who teach it its sections."""
    home = url_for("pages.course", course_id=here.course_id)
    if not here.is_staff:
        others = [Item(text, url_for(endpoint), current=False) for text, endpoint in STUDENT[1:]]
        return [Item(here.course, home, request.path == home), *others]
    within = request.path == home or "assignment_id" in (request.view_args or {})
    first = [Item(here.course, home, current=False), Item(_("Assignments"), home, within)]
    sections = EDITOR if here.may_edit else STAFF
    there = [(text, url_for(endpoint, course_id=here.course_id)) for text, endpoint in sections]
    return first + [Item(text, url, request.path.startswith(url)) for text, url in there]
