"""Where people arrive: what is due, what is new, how far they are; to those who teach, what needs them."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from grader.checking.policy import Open
from grader.services.agenda import agenda, progress_of
from grader.services.attention import attention
from grader.services.course import CourseCard, courses_of
from grader.services.news import put_away, regraded, unread
from grader.store.enrolments import CourseRole
from grader.web.auth import person
from grader.web.pages.courses.worth import worth
from grader.web.wiring import web_services


def home() -> str:
    """Show the first page."""
    services, who = web_services(), person()
    now = services.clock()
    with services.sessions() as session:
        cards = [card for card in courses_of(session, who) if not card.archived]
        taught = [card for card in cards if card.role is not CourseRole.STUDENT]
        needs = attention(session, [card.id for card in taught], now) if taught else {}
        tasks = agenda(session, who.id, worth, now) if len(taught) < len(cards) else ()
        words, again = unread(session, who.id), regraded(session, who.id, now)
    return render_template(
        "courses/home.html",
        attends=_attends(cards),
        taught=[(card, needs[card.id]) for card in taught],
        to_do=[task for task in tasks if task.can_send],
        later=[task for task in tasks if task.state is Open.NOT_YET],
        over=[task for task in tasks if not task.can_send and task.state is not Open.NOT_YET],
        progress={one.course_id: one for one in progress_of(tasks)},
        words=words,
        again=again,
    )


def put_message_away(message_id: int) -> Response:
    """Note that a message was read."""
    services = web_services()
    put_away(services.sessions, person().id, message_id, services.clock())
    return redirect(url_for("pages.home"), 303)


def _attends(cards: list[CourseCard]) -> list[CourseCard]:
    return [card for card in cards if card.role is CourseRole.STUDENT]
