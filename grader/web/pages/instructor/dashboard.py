"""One exercise as an instructor sees it: who has sent what when, best scores, and where it goes wrong."""

from flask import render_template, request, url_for

from grader.services.dashboard import of_exercise
from grader.services.history import history
from grader.store.outcomes import Whose
from grader.web.pages.instructor.bars import bars_of, words_of
from grader.web.wiring import web_services

PAGE = 25


def dashboard(slug: str) -> str:
    """Show it; the submissions are paged by `?before=`."""
    services = web_services()
    published = services.catalog.find(slug)
    before = request.args.get("before")
    with services.sessions() as session:
        seen = of_exercise(session, slug)
        sent = history(session, Whose(slug=slug, practice=True), PAGE, before)
    return render_template(
        "dashboard.html",
        published=published,
        counts=seen.counts,
        set_aside=seen.set_aside,
        standings=seen.standings,
        words=words_of(),
        bars=bars_of(published.exercise, seen.verdicts),
        lines=sent.items,
        older=url_for("pages.dashboard", slug=slug, before=sent.next) if sent.next else None,
        newest=url_for("pages.dashboard", slug=slug) if before else None,
    )
