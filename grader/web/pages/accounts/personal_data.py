"""A person's data as a file, for the person, administrators and staff of a course; and its erasure."""

from collections.abc import Iterator
from typing import Any

from flask import Response, make_response, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as BaseResponse

from grader.services.accounts import administration
from grader.services.accounts.administration import Act
from grader.services.assignments.assignments import assignments_of
from grader.services.courses.members import is_member
from grader.services.errors import EraseNotConfirmed, LastAdministrator, UnknownPerson
from grader.services.gradebook.exports import course_archive
from grader.services.privacy.data_export import personal_data
from grader.services.privacy.erasure import Extent, erase_person
from grader.web.auth import membership, person
from grader.web.dependencies import web_services


def own_data() -> Response:
    """Return everything about the signed-in person."""
    return _download(_personal(person().id, is_own=True), "my-data.json")


def data_of_person(user_id: int) -> Response:
    """Return everything about a person to an administrator."""
    with web_services().sessions() as session:
        administration.somebody(session, user_id)
    return _download(_personal(user_id, is_own=False), f"person-{user_id}.json")


def data_of_student(course_id: int, user_id: int) -> Response:
    """Return what a course holds about one of its people, to its staff."""
    with web_services().sessions() as session:
        if not is_member(session, course_id, user_id):
            raise UnknownPerson("This person does not exist.")
    return _download(_of_course(course_id, user_id), f"course-{course_id}-person-{user_id}.json")


def confirm_erasure(user_id: int) -> BaseResponse:
    """Ask what to keep, and for the e-mail address."""
    return _erasure_page(user_id, {})


def erase_data(user_id: int) -> BaseResponse:
    """Erase the data if the e-mail address was typed."""
    services = web_services()
    extent = Extent.ERASE if request.form.get("extent") == Extent.ERASE else Extent.ANONYMISE
    act = Act(person().require_administrator(), services.clock())
    try:
        erase_person(services.sessions, user_id, request.form.get("email", ""), extent, act)
    except (EraseNotConfirmed, LastAdministrator) as refused:
        return _erasure_page(user_id, {"email": refused.detail})
    services.tokens.forget()
    return redirect(url_for("pages.everybody"), 303)


def _erasure_page(user_id: int, problems: dict[str, Any]) -> BaseResponse:
    with web_services().sessions() as session:
        found = administration.somebody(session, user_id)
    body = render_template(
        "accounts/erase.html",
        somebody=found,
        form=request.form,
        extent=request.form.get("extent", Extent.ANONYMISE.value),
        problems=problems,
    )
    return make_response(body, 422 if problems else 200)


def _personal(user_id: int, *, is_own: bool) -> Iterator[str]:
    services = web_services()
    with services.sessions() as session:
        yield from personal_data(session, services.catalog, user_id, services.clock(), is_own=is_own)


def _of_course(course_id: int, user_id: int) -> Iterator[str]:
    services = web_services()
    with services.sessions() as session:
        ids = [one.id for one in assignments_of(session, course_id)]
        yield from course_archive(session, membership().course_id, ids, services.clock(), user_id=user_id)


def _download(text: Iterator[str], name: str) -> Response:
    response = Response(stream_with_context(text), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response
