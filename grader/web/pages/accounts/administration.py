"""People, for administrators: searching, registering, changing them."""

from datetime import timedelta
from math import ceil
from typing import Final

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.addresses import sign_in_address
from grader.judging.errors import RequestError
from grader.services.accounts import administration
from grader.services.accounts.administration import Act
from grader.services.accounts.administration import create_person as register_person
from grader.services.accounts.authentication import Secret
from grader.services.accounts.password_reset import hand_over, waiting_for_links
from grader.services.accounts.registration import Person
from grader.services.errors import EmailTaken, UnusableEmail
from grader.vocabulary import Role, UserFilter
from grader.web.auth import person
from grader.web.dependencies import web_services
from grader.web.pages.forms import query_choice, query_number, search_words


def sign_in_link_url(secret: Secret) -> str:
    """Return the URL of a one-time link, based on the public base URL if set, else on the current request."""
    return sign_in_address(web_services().settings.base_url or request.host_url.rstrip("/"), secret.plain)


PEOPLE_PER_PAGE = 50


def everybody() -> Response:
    """Show the people that match, and a form for a new one."""
    return _directory_page()


def create_person() -> Response:
    """Register a person and redirect to the person's page; errors are shown next to the fields."""
    services = web_services()
    role = query_choice(request.form, "role", Role) or Role.STUDENT
    new = Person(request.form.get("email", ""), request.form.get("name", ""), role)
    try:
        user_id = register_person(services.sessions, new, Act(person().require_administrator(), services.clock()))
    except (EmailTaken, UnusableEmail) as refused:
        return _directory_page(new, refused)
    return redirect(url_for("pages.somebody", user_id=user_id), 303)


def somebody(user_id: int) -> str:
    """Show one person with the available actions."""
    with web_services().sessions() as session:
        found = administration.somebody(session, user_id)
    return render_template("accounts/person.html", somebody=found, roles=list(Role))


def _directory_page(new: Person | None = None, refused: RequestError | None = None) -> Response:
    wanted = UserFilter(
        search_words(request.args, "q"), query_choice(request.args, "role", Role), "disabled" in request.args
    )
    page = max(1, query_number(request.args, "page") or 1)
    with web_services().sessions() as session:
        listing = administration.directory(session, wanted, PEOPLE_PER_PAGE, (page - 1) * PEOPLE_PER_PAGE)
        waiting = waiting_for_links(session)
    body = render_template(
        "accounts/people.html",
        listing=listing,
        waiting=waiting,
        sends_mail=web_services().settings.smtp_url is not None,
        wanted=wanted,
        roles=list(Role),
        page=page,
        pages=max(1, ceil(listing.total / PEOPLE_PER_PAGE)),
        new=new,
        problem=refused,
    )
    return make_response(body, refused.status if refused else 200)


LINK_LIFETIME: Final = timedelta(hours=48)


def change_role(user_id: int) -> Response:
    """Change a person's role."""
    role = query_choice(request.form, "role", Role)
    if role is not None:
        administration.change_role(web_services().sessions, user_id, role, _act())
    return _back_to_person(user_id)


def disable(user_id: int) -> Response:
    """Disable an account."""
    administration.disable(web_services().sessions, user_id, _act())
    web_services().tokens.forget()
    return _back_to_person(user_id)


def enable(user_id: int) -> Response:
    """Re-enable an account."""
    administration.enable(web_services().sessions, user_id, _act())
    return _back_to_person(user_id)


def make_link(user_id: int) -> str:
    """Create a one-time link for signing in and setting a password, and show it once."""
    act = _act()
    return _show_link(user_id, administration.link_for(web_services().sessions, user_id, act, LINK_LIFETIME), act)


def answer_request(request_id: int) -> str:
    """Do the same for a reset request."""
    act = _act()
    return _show_link(*hand_over(web_services().sessions, request_id, act, LINK_LIFETIME), act)


def _show_link(user_id: int, secret: Secret, act: Act) -> str:
    with web_services().sessions() as session:
        found = administration.somebody(session, user_id)
    return render_template(
        "accounts/link_made.html", somebody=found, address=sign_in_link_url(secret), ends_at=act.now + LINK_LIFETIME
    )


def _act() -> Act:
    return Act(person().require_administrator(), web_services().clock())


def _back_to_person(user_id: int) -> Response:
    return redirect(url_for("pages.somebody", user_id=user_id), 303)
