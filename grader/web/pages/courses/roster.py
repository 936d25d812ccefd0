"""Bringing a list of people into a course: show what it would do, then do exactly that."""

from contextlib import closing

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.services.import_roster import Outcome, Plan, import_roster, plan_import
from grader.services.roster import Roster, read_file, read_text
from grader.web.auth import membership
from grader.web.pages.courses.people import role_words
from grader.web.pages.courses.roster_words import complaint, outcomes
from grader.web.wiring import web_services


def bring_people(course_id: int) -> str:
    """Show the form."""
    return render_template("courses/bring.html", course_id=course_id, text="", complaints=[])


def preview_people(course_id: int) -> Response:
    """Show what a list would do; nothing is done yet."""
    file = request.files.get("file")
    if file is not None and file.filename:
        with closing(file):
            roster = read_file(file.stream.read())
    else:
        roster = read_text(request.form.get("text", ""))
    with web_services().sessions() as session:
        plan = plan_import(session, course_id, roster)
    return _preview(course_id, roster, plan)


def import_people(course_id: int) -> Response:
    """Do what was shown; where that would be something else by now, show it again."""
    services, roster = web_services(), read_text(request.form.get("text", ""))
    confirmed = request.form.get("plan", "")
    done = import_roster(services.sessions, membership(), roster, confirmed, services.clock())
    if not done.done:
        return _preview(course_id, roster, done.plan, stale=True)
    brought = done.plan.counts[Outcome.NEW] + done.plan.counts[Outcome.ADDED] + done.plan.counts[Outcome.CHANGED]
    return redirect(url_for("pages.people", course_id=course_id, brought=brought), 303)


def _preview(course_id: int, roster: Roster, plan: Plan, *, stale: bool = False) -> Response:
    if plan.flaws:
        complaints = [complaint(flaw) for flaw in plan.flaws]
        body = render_template("courses/bring.html", course_id=course_id, text=roster.text, complaints=complaints)
        return make_response(body, 422)
    body = render_template(
        "courses/preview.html",
        course_id=course_id,
        roster=roster,
        plan=plan,
        stale=stale,
        moving=[step for step in plan.steps if step.outcome is not Outcome.SAME],
        outcomes=outcomes(),
        roles=role_words(),
    )
    return make_response(body, 409 if stale else 200)
