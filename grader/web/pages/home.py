"""Where people arrive: for students the exercises with what they have reached."""

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from grader.catalog.load import Published
from grader.services.standing import Standing, standings_of
from grader.store.outcomes import Whose
from grader.web.auth import person
from grader.web.wiring import web_services


@dataclass(frozen=True, slots=True)
class Line:
    """An exercise, and how far the person is with it; None where it was not tried."""

    published: Published
    standing: Standing | None


def home() -> Response:
    """Send people to their first page."""
    return redirect(url_for("pages.instructor" if person().is_instructor else "pages.exercises"), 303)


def exercises() -> str:
    """Show all exercises with the person's own best scores."""
    services = web_services()
    with services.sessions() as session:
        reached = {
            standing.slug: standing for standing in standings_of(session, Whose(user_id=person().id, practice=True))
        }
    lines = [Line(published, reached.get(published.slug)) for published in services.catalog]
    return render_template("exercises.html", lines=lines)
