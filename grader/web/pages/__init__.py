"""What people see. This table is the whole of it: every page, and whom it is open to."""

from flask import Blueprint

from grader.web import language
from grader.web.auth import Access, guard, visitor
from grader.web.errors import in_words
from grader.web.markup import formula, statement, symbol
from grader.web.pages import (
    account,
    answer,
    assets,
    assignment,
    drafts,
    filters,
    history,
    home,
    language_choice,
    submission,
)
from grader.web.pages.accounts import ROUTES as ACCOUNTS
from grader.web.pages.courses import routes as courses
from grader.web.pages.exports import routes as exports
from grader.web.pages.figure.names import name_parts
from grader.web.pages.instructor import routes as instructor
from grader.web.pages.menu import menu
from grader.web.pages.personal import routes as personal
from grader.web.pages.preview import page as preview
from grader.web.pages.regrades import routes as regrades
from grader.web.pages.route import Route
from grader.web.pages.verdicts import badge
from grader.web.pages.wording import called, said_while_typing, titled, told

ROUTES = (
    Route("/assets/<version>/<name>", assets.asset, access=Access.ANYONE),
    Route("/sign-in", account.sign_in, access=Access.ANYONE),
    Route("/sign-in", account.check_sign_in, "POST", access=Access.ANYONE),
    Route("/sign-in/link/<token>", account.open_link, access=Access.ANYONE),
    Route("/sign-in/link/<token>", account.follow_link, "POST", access=Access.ANYONE),
    Route("/sign-out", account.sign_out, "POST", access=Access.ANYONE),
    Route("/language", language_choice.choose_language, "POST", access=Access.ANYONE),
    Route("/exercises", home.exercises),
    Route("/exercises/<slug>", answer.answer),
    Route("/exercises/<slug>", answer.send_answer, "POST"),
    Route("/exercises/<slug>/draft", drafts.draft),
    Route("/exercises/<slug>/draft", drafts.keep_draft, "PUT"),
    Route("/assignments/<int:assignment_id>", assignment.assignment, access=Access.MEMBER),
    Route("/assignments/<int:assignment_id>", assignment.send_assignment, "POST", access=Access.MEMBER),
    Route("/assignments/<int:assignment_id>/draft", drafts.assignment_draft, access=Access.MEMBER),
    Route("/assignments/<int:assignment_id>/draft", drafts.keep_assignment_draft, "PUT", access=Access.MEMBER),
    Route("/submissions", history.history),
    Route("/submissions/<uuid:submission_id>", submission.submission),
    *courses.ROUTES,
    *instructor.ROUTES,
    *regrades.ROUTES,
    *exports.ROUTES,
    *personal.ROUTES,
    Route("/instructor/exercises/<slug>/preview", preview.preview, access=Access.TEACHER),
    Route("/instructor/exercises/<slug>/preview", preview.try_preview, "POST", access=Access.TEACHER),
    *ACCOUNTS,
)


def _frame() -> dict[str, object]:
    """What is around every page."""
    return {
        "user": visitor(),
        "menu": menu(visitor()),
        "asset": assets.address,
        "language": language.language(),
        "languages": language.others(),
        "here": language_choice.here(),
    }


def blueprint() -> Blueprint:
    """Give all pages, guarded, with what their templates use."""
    bp = Blueprint("pages", __name__)
    for route in ROUTES:
        bp.add_url_rule(route.rule, route.name, route.view, methods=[route.method])
    bp.before_request(guard({f"{bp.name}.{route.name}": route.access for route in ROUTES}))
    # For the whole app, since error pages are shown outside of the blueprint too.
    bp.app_context_processor(_frame)
    for show in (
        formula,
        statement,
        symbol,
        filters.mark,
        filters.given,
        filters.computed,
        filters.exactly,
        filters.clock,
        name_parts,
        titled,
        called,
        told,
        badge,
    ):
        bp.add_app_template_filter(show)
    bp.add_app_template_filter(in_words, "refusal")
    bp.add_app_template_global(said_while_typing)
    return bp
