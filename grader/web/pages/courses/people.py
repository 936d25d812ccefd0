"""The people of a course: who is in it as what, changing that, taking somebody out."""

from math import ceil
from typing import Final

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.services.assignment import assignments_of
from grader.services.people import change_role, find_member, members_of, remove_member
from grader.store.enrolments import CourseRole
from grader.web.auth import membership
from grader.web.pages.accounts.query import number, words
from grader.web.problem import ProblemError
from grader.web.wiring import web_services

PAGE: Final = 100
"""People at a time: a lecture has a thousand, and its page shall not weigh as much."""


def people(course_id: int) -> str:
    """Show them, or those whom `?q=` finds, some at a time."""
    sought = words(request.args, "q") or ""
    with web_services().sessions() as session:
        members = members_of(session, course_id, sought)
    pages = max(1, ceil(len(members) / PAGE))
    page = min(number(request.args, "page") or 1, pages)
    return render_template(
        "courses/people.html",
        course_id=course_id,
        members=members[(page - 1) * PAGE : page * PAGE],
        total=len(members),
        page=page,
        pages=pages,
        sought=sought,
        membership=membership(),
        brought=request.args.get("brought", type=int),
        refused=request.args.get("refused", type=int),
        roles=role_words(),
    )


def member(course_id: int, user_id: int) -> str:
    """Show one of them."""
    with web_services().sessions() as session:
        found = find_member(session, course_id, user_id)
        assignments = assignments_of(session, course_id)
    return render_template(
        "courses/member.html",
        course_id=course_id,
        member=found,
        membership=membership(),
        assignments=assignments if found.role is CourseRole.STUDENT else (),
        roles=role_words(),
    )


def change_member(course_id: int, user_id: int) -> Response:
    """Make somebody something else in the course."""
    try:
        role = CourseRole(request.form.get("role", ""))
    except ValueError:
        raise ProblemError("invalid", _("There is no such role.")) from None
    services = web_services()
    change_role(services.sessions, membership(), user_id, role, services.clock())
    return redirect(url_for("pages.people", course_id=course_id), 303)


def drop_member(course_id: int, user_id: int) -> Response:
    """Take somebody out of the course."""
    services = web_services()
    remove_member(services.sessions, membership(), user_id, services.clock())
    return redirect(url_for("pages.people", course_id=course_id), 303)


def role_words() -> dict[str, str]:
    """What people are in a course."""
    return {"student": _("student"), "assistant": _("assistant"), "instructor": _("instructor")}
