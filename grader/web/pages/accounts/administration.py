"""What an administrator does with one person."""

from datetime import timedelta
from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.services import administer, directory
from grader.services.administer import Act
from grader.services.post_resets import hand_over
from grader.services.secret import Secret
from grader.store.users import Role
from grader.web.auth import person
from grader.web.pages.accounts.query import choice
from grader.web.pages.accounts.way_in import link_address
from grader.web.wiring import web_services

LINK_LIFETIME: Final = timedelta(hours=48)


def change_role(user_id: int) -> Response:
    """Give somebody another role."""
    role = choice(request.form, "role", Role)
    if role is not None:
        administer.change_role(web_services().sessions, user_id, role, _act())
    return _back(user_id)


def disable(user_id: int) -> Response:
    """Shut somebody out."""
    administer.disable(web_services().sessions, user_id, _act())
    return _back(user_id)


def enable(user_id: int) -> Response:
    """Let somebody in again."""
    administer.enable(web_services().sessions, user_id, _act())
    return _back(user_id)


def make_link(user_id: int) -> str:
    """Make a link that lets somebody in and set a password, and show it, now and never again."""
    act = _act()
    return _show_link(user_id, administer.link_for(web_services().sessions, user_id, act, LINK_LIFETIME), act)


def answer_request(request_id: int) -> str:
    """The same for somebody who asked for it."""
    act = _act()
    return _show_link(*hand_over(web_services().sessions, request_id, act, LINK_LIFETIME), act)


def _show_link(user_id: int, secret: Secret, act: Act) -> str:
    with web_services().sessions() as session:
        found = directory.somebody(session, user_id)
    return render_template(
        "accounts/link_made.html", somebody=found, address=link_address(secret), ends_at=act.now + LINK_LIFETIME
    )


def _act() -> Act:
    return Act(person().id, web_services().clock())


def _back(user_id: int) -> Response:
    return redirect(url_for("pages.somebody", user_id=user_id), 303)
