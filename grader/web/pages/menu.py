"""The few links at the top of every page; below a course, those of the course."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext as _

from grader.services.authenticate import SignedIn
from grader.services.membership import Membership
from grader.store.users import Role
from grader.web.auth import current_membership
from grader.web.pages.courses.places import place


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

COURSE = "/courses/<int:course_id>"
STAFF = ((_("People"), f"{COURSE}/people"), (_("Gradebook"), f"{COURSE}/grid"), (_("Log"), f"{COURSE}/audit"))
EDITOR = ((_("Settings"), f"{COURSE}/settings"),)


def menu(who: SignedIn | None) -> list[Item]:
    """Give the links that are open to this person."""
    if who is None:
        return []
    here = current_membership()
    if here is not None:
        return _of_course(here)
    return [Item(text, url_for(endpoint), request.endpoint == endpoint) for text, endpoint in LINKS[who.role]]


def _of_course(here: Membership) -> list[Item]:
    """The course itself, and to those who teach it its sections, as far as there are such pages."""
    home = url_for("pages.course", course_id=here.course_id)
    if not here.is_staff:
        others = [Item(text, url_for(endpoint), current=False) for text, endpoint in STUDENT[1:]]
        return [Item(here.course, home, request.path == home), *others]
    within = request.path == home or "assignment_id" in (request.view_args or {})
    first = [Item(here.course, home, current=False), Item(_("Assignments"), home, within)]
    shown = (
        (text, place(rule, course_id=here.course_id)) for text, rule in (*STAFF, *(EDITOR if here.may_edit else ()))
    )
    return first + [Item(text, url, request.path.startswith(url)) for text, url in shown if url]
