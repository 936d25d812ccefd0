"""Who is registered, for administrators."""

from math import ceil

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.checking.errors import GraderError
from grader.services import directory
from grader.services.administer import Act
from grader.services.administer import create_person as register_person
from grader.services.directory import Wanted
from grader.services.errors import EmailTaken, UnusableEmail
from grader.services.post_resets import waiting_for_links
from grader.services.register import Person
from grader.store.users import Role
from grader.web.auth import person
from grader.web.errors import STATUS
from grader.web.pages.accounts.query import choice, number, words
from grader.web.wiring import web_services

A_PAGE = 50


def everybody() -> Response:
    """Show those who are looked for, and a form for somebody new."""
    return _list()


def create_person() -> Response:
    """Register somebody, and go to that person's page; what is wrong is said beside what was typed."""
    services = web_services()
    role = choice(request.form, "role", Role) or Role.STUDENT
    new = Person(request.form.get("email", ""), request.form.get("name", ""), role)
    try:
        user_id = register_person(services.sessions, new, Act(person().id, services.clock()))
    except (EmailTaken, UnusableEmail) as refused:
        return _list(new, refused)
    return redirect(url_for("pages.somebody", user_id=user_id), 303)


def somebody(user_id: int) -> str:
    """Show one person, and what can be done."""
    with web_services().sessions() as session:
        found = directory.somebody(session, user_id)
    return render_template("accounts/somebody.html", somebody=found, roles=list(Role))


def _list(new: Person | None = None, refused: GraderError | None = None) -> Response:
    wanted = Wanted(words(request.args, "q"), choice(request.args, "role", Role), "disabled" in request.args)
    page = max(1, number(request.args, "page") or 1)
    with web_services().sessions() as session:
        listing = directory.directory(session, wanted, A_PAGE, (page - 1) * A_PAGE)
        waiting = waiting_for_links(session)
    body = render_template(
        "accounts/everybody.html",
        listing=listing,
        waiting=waiting,
        sends_mail=web_services().settings.smtp_url is not None,
        wanted=wanted,
        roles=list(Role),
        page=page,
        pages=max(1, ceil(listing.total / A_PAGE)),
        new=new,
        problem=refused,
    )
    return make_response(body, STATUS[type(refused)].status if refused else 200)
