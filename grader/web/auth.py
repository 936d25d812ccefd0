"""Who is in front of the browser, and what of the pages is open to that person."""

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
from grader.services.courses.members import Membership, at_assignment, gives_a_course, in_course
from grader.services.errors import CourseArchived
from grader.web.dependencies import web_services

COOKIE = "nn_grader_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HOME = "/"


class Access(Enum):
    """Whom a page is open to; a teacher is who may give courses, or was made an instructor of one."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    SITE_INSTRUCTOR = "instructor"
    COURSE_STAFF_ANYWHERE = "teacher"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    STAFF = "staff"
    COURSE_INSTRUCTOR = "course-instructor"


WHEN_ARCHIVED = frozenset({"pages.restore_course", "pages.keep_assignment_draft", "pages.send_assignment"})
"""What can still be sent about a course that is archived."""


TAKES_ANSWERS = frozenset({"pages.send_answer", "pages.send_assignment"})
"""Where what was typed is shown again with the error, since a browser without scripts would lose it."""


def brings_answers() -> bool:
    """Tell whether the request is the form of an exercise, as a browser sends it without scripts or files."""
    is_form = request.method == "POST" and request.mimetype == "application/x-www-form-urlencoded"
    return is_form and request.endpoint in TAKES_ANSWERS and bool(request.form)


def guard(access: Mapping[str, Access]) -> Callable[[], BaseResponse | None]:
    """Give what runs before every page: a page that `access` does not name needs a signed-in person.

    Pages below a course or an assignment are there for those who belong to it, whatever their row says.
    """

    def admit() -> BaseResponse | None:
        needed = access.get(str(request.endpoint), Access.SIGNED_IN)
        if needed is Access.ANYONE:
            return None
        g.user = look_up()
        if g.user is None and brings_answers():
            abort(401, _("Your answers were not sent. Sign in in another tab, then send them again here."))
        if g.user is None:
            return redirect(url_for("pages.sign_in", next=_way_back()), 303)
        _refuse_others(needed, g.user)
        g.membership = _in_course(needed)
        return None

    return admit


def _refuse_others(needed: Access, who: SignedIn) -> None:
    """Refuse pages that ask for more than to be signed in; who belongs to a course is another question."""
    if needed is Access.ADMINISTRATOR and not who.is_administrator:
        abort(403, _("This page is for administrators. Everything else is open to you as before."))
    is_refused = needed in {Access.SITE_INSTRUCTOR, Access.COURSE_STAFF_ANYWHERE} and not who.is_instructor
    if is_refused and not (needed is Access.COURSE_STAFF_ANYWHERE and _gives_a_course(who)):
        abort(403, _("This page is for instructors. Your own exercises and reports are open to you as before."))


def _gives_a_course(who: SignedIn) -> bool:
    with web_services().sessions() as session:
        return gives_a_course(session, who)


def visitor() -> SignedIn | None:
    """Who is asking, as far as the guard has looked: None for nobody and on pages that are open to anyone."""
    return cast("SignedIn | None", g.get("user")) if has_app_context() else None


def person() -> SignedIn:
    """Who is signed in, on a page that the guard opened for such people only."""
    return cast("SignedIn", g.user)


def membership() -> Membership:
    """What the person is in the course of the page, on a page whose address names a course or an assignment."""
    return cast("Membership", g.membership)


def current_membership() -> Membership | None:
    """The same on any page; None where no course is meant, or the guard let nobody in."""
    return cast("Membership | None", g.get("membership")) if has_app_context() else None


def remember(response: Response, plain: str) -> None:
    """Let the browser keep a session; scripts cannot read it, and other sites' forms do not send it."""
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
    """Let the browser drop its session."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax")


def session_token() -> str | None:
    """What the browser's cookie holds."""
    return request.cookies.get(COOKIE)


def look_up() -> SignedIn | None:
    """Find out who is asking, on pages that are open to anyone and yet differ; None for nobody."""
    token = session_token()
    if not token:
        return None
    services = web_services()
    return authenticate_session(services.sessions, token, services.clock())


def _way_back() -> str:
    """The page to come back to: what was sent to it is gone, but the browser has kept a draft of it.

    What was sent from a page comes back to that page, since many addresses only take what is sent to them.
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
    """What the person is in the course that the address names, if it names one.

    Raises:
        UnknownCourse: there is none, or the person does not belong to it.
        UnknownAssignment: the same of an assignment.
        NotForThisRole: the page is for others in the course.
        CourseArchived: something was sent about a course that is over.
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
        raise CourseArchived("This course is archived: it can be looked at, and nothing in it changes.")
    return found
