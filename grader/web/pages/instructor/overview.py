"""Where instructors arrive: all exercises, with how many have answered them."""

from dataclasses import dataclass

from flask import render_template

from grader.catalog.load import Published
from grader.services.dashboard import Counts, of_course
from grader.web.wiring import web_services


@dataclass(frozen=True, slots=True)
class Line:
    """One exercise."""

    published: Published
    counts: Counts


def instructor() -> str:
    """Show the course."""
    services = web_services()
    with services.sessions() as session:
        counts = of_course(session)
    lines = [Line(published, counts.get(published.slug, Counts())) for published in services.catalog]
    return render_template("instructor.html", lines=lines)
