"""All exercises, with what the person has reached in practice."""

from dataclasses import dataclass

from flask import render_template

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


def exercises() -> str:
    """Show all exercises with the person's own best scores."""
    services = web_services()
    with services.sessions() as session:
        reached = {
            standing.slug: standing for standing in standings_of(session, Whose(user_id=person().id, practice=True))
        }
    lines = [Line(published, reached.get(published.slug)) for published in services.catalog]
    return render_template("exercises.html", lines=lines)
