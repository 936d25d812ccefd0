"""What the person has sent."""

from flask import render_template, request, url_for

from grader.services.disclose import disclosed_lines
from grader.services.history import history as submissions_of
from grader.store.outcomes import Whose
from grader.web.auth import person
from grader.web.pages.wording import titled
from grader.web.wiring import web_services

PAGE = 50


def history() -> str:
    """Show the person's own submissions, newest first, of all exercises or of one (`?exercise=`)."""
    services = web_services()
    slug = request.args.get("exercise")
    published = services.catalog.find(slug) if slug else None
    before = request.args.get("before")
    with services.sessions() as session:
        shown = submissions_of(session, Whose(user_id=person().id, slug=slug), PAGE, before)
        lines = disclosed_lines(session, shown.items, services.clock())
    return render_template(
        "history.html",
        published=published,
        lines=lines,
        titles={exercise.slug: titled(exercise) for exercise in services.catalog},
        older=url_for("pages.history", exercise=slug, before=shown.next) if shown.next else None,
        newest=url_for("pages.history", exercise=slug) if before else None,
    )
