"""The audit log: of everything for administrators, of a course for its instructors."""

from dataclasses import dataclass, replace

from flask import render_template, request, url_for

from grader.services.audit_log import Entry, audit_log
from grader.store.audit import Which
from grader.store.courses import Course
from grader.web.auth import person
from grader.web.pages.accounts.audit_words import ACTIONS, Said, said_of
from grader.web.pages.accounts.query import day, number, words
from grader.web.wiring import web_services

A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """An action with its sentence."""

    entry: Entry
    said: Said


def audit() -> str:
    """Show what was done anywhere."""
    return _page(_which(), None)


def course_audit(course_id: int) -> str:
    """Show what was done in a course."""
    with web_services().sessions() as session:
        course = session.get_one(Course, course_id)
    return _page(replace(_which(), course_id=course_id), course.title)


def _which() -> Which:
    zone = person().time_zone
    asked = request.args.get("action")
    return Which(
        action=asked if asked in ACTIONS else None,
        person=words(request.args, "person"),
        course_id=number(request.args, "course"),
        since=day(request.args, "since", zone),
        until=day(request.args, "until", zone, after=True),
    )


def _page(which: Which, course: str | None) -> str:
    with web_services().sessions() as session:
        page = audit_log(session, which, A_PAGE, number(request.args, "before"))
    narrowed = {name: text for name, text in request.args.items() if name != "before" and text}
    here = {**(request.view_args or {}), **narrowed}
    endpoint = str(request.endpoint)
    return render_template(
        "accounts/audit.html",
        lines=[Line(entry, said_of(entry)) for entry in page.items],
        actions=sorted(
            ((key, str(action.title)) for key, action in ACTIONS.items()), key=lambda pair: pair[1].casefold()
        ),
        course=course,
        narrowed=narrowed,
        all=url_for(endpoint, **(request.view_args or {})),
        newest=url_for(endpoint, **here) if "before" in request.args else None,
        older=url_for(endpoint, **here, before=page.next) if page.next else None,
    )
