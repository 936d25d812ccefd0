"""Bringing a list of people into a course: show what it would do, then do exactly that."""

from contextlib import closing

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.services.import_roster import Outcome, Plan, import_roster, plan_import
from grader.services.rosters.encoding import CODE_PAGES
from grader.services.rosters.read import Roster, read_file, read_text
from grader.web.auth import membership
from grader.web.pages.courses.people import role_words
from grader.web.pages.courses.roster_words import complaint, outcomes, remark
from grader.web.wiring import web_services


def bring_people(course_id: int) -> str:
    """Show the form."""
    return _form(course_id, Roster(""), Plan(()))


def preview_people(course_id: int) -> Response:
    """Show what a list would do; nothing is done yet."""
    file, domain = request.files.get("file"), request.form.get("domain", "")
    if file is not None and file.filename:
        code_page = request.form.get("code_page", "")
        with closing(file):
            roster = read_file(file.stream.read(), domain, code_page if code_page in CODE_PAGES else "")
    else:
        roster = read_text(request.form.get("text", ""), domain)
    with web_services().sessions() as session:
        plan = plan_import(session, course_id, roster)
    return _preview(course_id, roster, plan)


def import_people(course_id: int) -> Response:
    """Do what was shown; where that would be something else by now, show it again."""
    services, roster = web_services(), read_text(request.form.get("text", ""), request.form.get("domain", ""))
    confirmed = request.form.get("plan", "")
    done = import_roster(services.sessions, membership(), roster, confirmed, services.clock())
    if not done.done:
        return _preview(course_id, roster, done.plan, stale=True)
    brought = done.plan.counts[Outcome.NEW] + done.plan.counts[Outcome.ADDED] + done.plan.counts[Outcome.CHANGED]
    refused = len({flaw.line for flaw in done.plan.flaws}) or None
    return redirect(url_for("pages.people", course_id=course_id, brought=brought, refused=refused), 303)


def _preview(course_id: int, roster: Roster, plan: Plan, *, stale: bool = False) -> Response:
    if not plan.steps:
        return make_response(_form(course_id, roster, plan), 422)
    body = render_template(
        "courses/preview.html",
        **_said(course_id, roster, plan),
        plan=plan,
        stale=stale,
        moving=[step for step in plan.steps if step.outcome is not Outcome.SAME],
        outcomes=outcomes(),
        roles=role_words(),
    )
    return make_response(body, 409 if stale else 200)


def _form(course_id: int, roster: Roster, plan: Plan) -> str:
    return render_template("courses/bring.html", **_said(course_id, roster, plan))


def _said(course_id: int, roster: Roster, plan: Plan) -> dict[str, object]:
    """What both pages show: the list, and what became of the lines that are nobody's or refused."""
    return {
        "course_id": course_id,
        "roster": roster,
        "complaints": [complaint(flaw) for flaw in plan.flaws],
        "refused": len({flaw.line for flaw in plan.flaws}),
        "remarks": [remark(line) for line in plan.passed],
        "code_pages": CODE_PAGES,
    }
