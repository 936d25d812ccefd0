"""The signed-in person, and which pages are open to that person."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from typing import cast
from urllib.parse import urlsplit

from flask import Response, abort, current_app, g, has_app_context, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from grader.services.accounts.authentication import SignedIn, authenticate_session
from grader.services.courses.membership import (
    InstructorOf,
    Membership,
    StaffOf,
    at_assignment,
    gives_a_course,
    in_course,
)
from grader.services.errors import CourseArchived
from grader.web.dependencies import web_services

COOKIE = "nn_grader_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HOME = "/"


class Access(Enum):
    """Who may open a page; a teacher may create courses or is an instructor of one."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    SITE_INSTRUCTOR = "instructor"
    COURSE_STAFF_ANYWHERE = "teacher"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    STAFF = "staff"
    COURSE_INSTRUCTOR = "course-instructor"


WHEN_ARCHIVED = frozenset({"pages.restore_course", "pages.keep_assignment_draft", "pages.send_assignment"})
"""What can still be done in an archived course."""


TAKES_ANSWERS = frozenset({"pages.send_answer", "pages.send_assignment"})
"""Pages that show typed answers again with the error, since a browser without scripts would lose them."""


def brings_answers() -> bool:
    """Return whether the request is an exercise's form, as sent by a browser without scripts or files."""
    is_form = request.method == "POST" and request.mimetype == "application/x-www-form-urlencoded"
    return is_form and request.endpoint in TAKES_ANSWERS and bool(request.form)


def guard(access: Mapping[str, Access]) -> Callable[[], BaseResponse | None]:
    """Return the check that runs before every page: pages without a row in `access` need a signed-in person.

    Pages below a course or an assignment are open only to its members, whatever their row says.
    """

    def admit() -> BaseResponse | None:
        needed = access.get(str(request.endpoint), Access.SIGNED_IN)
        if needed is Access.ANYONE:
            return None
        g.user = look_up()
        if g.user is None and brings_answers():
            abort(401, _("Your answers were not submitted. Sign in in another tab, then submit them again here."))
        if g.user is None:
            return redirect(url_for("pages.sign_in", next=_way_back()), 303)
        _refuse_others(needed, g.user)
        g.membership = _in_course(needed)
        return None

    return admit


def _refuse_others(needed: Access, who: SignedIn) -> None:
    """Refuse pages that require more than a signed-in person; membership of a course is checked elsewhere."""
    if needed is Access.ADMINISTRATOR and not who.is_administrator:
        abort(403, _("This page is for administrators. You can still use all other pages."))
    is_refused = needed in {Access.SITE_INSTRUCTOR, Access.COURSE_STAFF_ANYWHERE} and not who.is_instructor
    if is_refused and not (needed is Access.COURSE_STAFF_ANYWHERE and _gives_a_course(who)):
        abort(403, _("This page is for instructors. You can still use your own exercises and reports."))


def _gives_a_course(who: SignedIn) -> bool:
    with web_services().sessions() as session:
        return gives_a_course(session, who)


def visitor() -> SignedIn | None:
    """Return the person found by the guard: None for anonymous requests and on public pages."""
    return cast("SignedIn | None", g.get("user")) if has_app_context() else None


def person() -> SignedIn:
    """Return the signed-in person, on a page that the guard opened only for signed-in people."""
    return cast("SignedIn", g.user)


def membership() -> Membership:
    """Return the person's membership in the page's course, on a page whose URL names a course or an assignment."""
    return cast("Membership", g.membership)


def staff() -> StaffOf:
    """Return the person's permission as staff of the course of the page.

    Raises:
        NotForThisRole: the person is a student of the course.
    """
    return membership().require_staff()


def instructor() -> InstructorOf:
    """Return the person's permission as an instructor of the course of the page.

    Raises:
        NotForThisRole: the person is not an instructor of the course.
    """
    return membership().require_instructor()


def current_membership() -> Membership | None:
    """Return the same on any page; None without a course, or if the guard refused access."""
    return cast("Membership | None", g.get("membership")) if has_app_context() else None


def remember(response: Response, plain: str) -> None:
    """Set the session cookie; scripts cannot read it, and other sites' forms do not send it."""
    settings = web_services().settings
    response.set_cookie(
        COOKIE,
        plain,
        max_age=timedelta(days=settings.session_days),
        secure=settings.secure_cookies or request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def forget(response: Response) -> None:
    """Delete the session cookie."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax")


def session_token() -> str | None:
    """Return the content of the session cookie."""
    return request.cookies.get(COOKIE)


def look_up() -> SignedIn | None:
    """Return the signed-in person on public pages that differ for signed-in people; None for anonymous requests."""
    token = session_token()
    if not token:
        return None
    services = web_services()
    return authenticate_session(services.sessions, token, services.clock())


def _way_back() -> str:
    """Return the page to come back to: the submitted form is lost, but the browser has kept a draft of it.

    A form comes back to the page that it was on, since many URLs only accept POST.
    """
    if request.method in SAFE_METHODS:
        return request.full_path.rstrip("?")
    sent_from = urlsplit(request.referrer or "")
    if sent_from.netloc == request.host:
        return sent_from._replace(scheme="", netloc="", fragment="").geturl()
    return request.path if _can_be_shown(request.path) else HOME


def _can_be_shown(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, "GET")
    except HTTPException:
        return False
    return True


def _in_course(needed: Access) -> Membership | None:
    """Return the person's membership in the course that the URL names, if any.

    Raises:
        UnknownCourse: there is none, or the person does not belong to it.
        UnknownAssignment: the same for an assignment.
        NotForThisRole: the page is for other roles in the course.
        CourseArchived: a form was sent to an archived course.
    """
    named = request.view_args or {}
    find, place = (
        (in_course, named.get("course_id")) if "course_id" in named else (at_assignment, named.get("assignment_id"))
    )
    if place is None:
        return None
    with web_services().sessions() as session:
        found = find(session, person(), place)
    if needed is Access.STAFF:
        found.require_staff()
    if needed is Access.COURSE_INSTRUCTOR:
        found.require_instructor()
    if found.is_archived and request.method not in SAFE_METHODS and request.endpoint not in WHEN_ARCHIVED:
        raise CourseArchived("This course is archived. It can be viewed but not changed.")
    return found
