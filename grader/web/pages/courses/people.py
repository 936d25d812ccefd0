"""The people of a course: their roles, and importing a roster."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType
from typing import Final

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from grader.services.assignments.assignments import assignments_of
from grader.services.courses.members import change_role, find_member, members_of, remove_member
from grader.services.courses.roster_import import ImportOutcome, ImportPlan, import_roster, plan_import
from grader.services.courses.rosters.file_text import CODE_PAGES
from grader.services.courses.rosters.findings import Nobody, PassedOver, RosterFlaw, RosterProblem
from grader.services.courses.rosters.roster import Roster, read_file, read_text
from grader.vocabulary import CourseRole
from grader.web.auth import instructor, membership
from grader.web.dependencies import web_services
from grader.web.pages.forms import query_number, search_words
from grader.web.problem import ProblemError

PAGE: Final = 100
"""People per page: a lecture has a thousand."""


def people(course_id: int) -> str:
    """Show the people, or those that `?q=` finds, by pages."""
    sought = search_words(request.args, "q") or ""
    with web_services().sessions() as session:
        members = members_of(session, course_id, sought)
    pages = max(1, ceil(len(members) / PAGE))
    page = min(query_number(request.args, "page") or 1, pages)
    return render_template(
        "courses/people.html",
        course_id=course_id,
        members=members[(page - 1) * PAGE : page * PAGE],
        total=len(members),
        page=page,
        pages=pages,
        sought=sought,
        membership=membership(),
        brought=request.args.get("brought", type=int),
        refused=request.args.get("refused", type=int),
        roles=role_words(),
    )


def member(course_id: int, user_id: int) -> str:
    """Show one person."""
    with web_services().sessions() as session:
        found = find_member(session, course_id, user_id)
        assignments = assignments_of(session, course_id)
    return render_template(
        "courses/member.html",
        course_id=course_id,
        member=found,
        membership=membership(),
        assignments=assignments if found.role is CourseRole.STUDENT else (),
        roles=role_words(),
    )


def change_member(course_id: int, user_id: int) -> Response:
    """Change a person's role in the course."""
    try:
        role = CourseRole(request.form.get("role", ""))
    except ValueError:
        raise ProblemError("invalid", _("Choose one of the roles.")) from None
    services = web_services()
    change_role(services.sessions, instructor(), user_id, role, services.clock())
    return redirect(url_for("pages.people", course_id=course_id), 303)


def drop_member(course_id: int, user_id: int) -> Response:
    """Remove a person from the course."""
    services = web_services()
    remove_member(services.sessions, instructor(), user_id, services.clock())
    return redirect(url_for("pages.people", course_id=course_id), 303)


def role_words() -> dict[str, str]:
    """Return the names of the course roles."""
    return {"student": _("student"), "assistant": _("assistant"), "instructor": _("instructor")}


ROSTER_PROBLEMS: Mapping[RosterProblem, object] = MappingProxyType(
    {
        RosterProblem.ENCODING: lazy_gettext(
            "This line does not match the chosen encoding. Choose another one, save the file as “CSV UTF-8”, or "
            "paste the rows instead."
        ),
        RosterProblem.NO_TEXT: lazy_gettext("This is not a text file. Export the list as CSV, or paste the rows."),
        RosterProblem.OTHER_FORMAT: lazy_gettext(
            "This is not a CSV file but another format: %(text)s. Save the list as “CSV UTF-8”, or paste the rows."
        ),
        RosterProblem.EMPTY: lazy_gettext("The list contains no people."),
        RosterProblem.QUOTES: lazy_gettext("The quotation mark opened on this line is not closed correctly: %(text)s"),
        RosterProblem.TOO_MANY: lazy_gettext("The list has more than %(text)s rows. Split it into several lists."),
        RosterProblem.NO_EMAIL_COLUMN: lazy_gettext(
            "The header row has no e-mail column. Columns found: %(text)s. The header row names the columns. "
            "People are identified by e-mail address, by login (enter the domain below) or, for existing members,"
            " by student number."
        ),
        RosterProblem.BAD_DOMAIN: lazy_gettext(
            "“%(text)s” is not a valid domain. Enter the part after the @, such as example.edu."
        ),
        RosterProblem.ABOVE_TITLES: lazy_gettext(
            "“%(text)s” is above the header row. If it is a person, move it below."
        ),
        RosterProblem.BAD_EMAIL: lazy_gettext("“%(text)s” is not a valid e-mail address."),
        RosterProblem.LOGIN: lazy_gettext(
            "“%(text)s” is not a valid e-mail address. If it is a login, enter the domain below (%(text)s@…), or "
            "add a column of e-mail addresses or student numbers."
        ),
        RosterProblem.NO_EMAIL: lazy_gettext("This line has no e-mail address."),
        RosterProblem.UNKNOWN_NUMBER: lazy_gettext(
            "This line has no e-mail address, and no member of the course has the student number %(text)s."
        ),
        RosterProblem.SEVERAL_EMAILS: lazy_gettext(
            "There is more than one e-mail address for one person: %(text)s. Keep one, or put each person on a "
            "separate line."
        ),
        RosterProblem.SEVERAL_NUMBERS: lazy_gettext(
            "More than one cell could be the student number: %(text)s. Add a header row that names the columns."
        ),
        RosterProblem.TWICE: lazy_gettext(
            "%(text)s is already on line %(other)s with a different name, role or student number. Line %(other)s "
            "is used."
        ),
        RosterProblem.NUMBER_TAKEN: lazy_gettext(
            "Another member of the course already has the student number %(text)s."
        ),
        RosterProblem.NUMBER_TWICE: lazy_gettext("The student number %(text)s is already on line %(other)s."),
        RosterProblem.NUMBER_DAMAGED: lazy_gettext(
            "“%(text)s” is a student number that a spreadsheet has rounded or cut. Format the column as text, "
            "enter the number again and re-export the list."
        ),
        RosterProblem.UNKNOWN_ROLE: lazy_gettext(
            "“%(text)s” is not a role. Roles are student, assistant and instructor; leave blank for student."
        ),
        RosterProblem.TOO_LONG: lazy_gettext(
            "“%(text)s” is too long: a name can have at most 200 characters, a number 64."
        ),
        RosterProblem.UNPRINTABLE: lazy_gettext("“%(text)s” contains characters that cannot be displayed."),
        RosterProblem.LOST_LETTERS: lazy_gettext(
            "Characters in “%(text)s” were lost when the list was saved. Export it again as “CSV UTF-8”."
        ),
        RosterProblem.FORMULA: lazy_gettext("“%(text)s” is a spreadsheet formula, not a name or student number."),
        RosterProblem.MARKUP: lazy_gettext("“%(text)s” is not a name but part of a web page or program."),
        RosterProblem.TOO_MANY_CELLS: lazy_gettext(
            "There are more cells than columns: %(text)s. Put quotation marks around names that contain a comma."
        ),
        RosterProblem.LAST_INSTRUCTOR: lazy_gettext("Without %(text)s the course would have no instructor."),
    }
)

PASSED_OVER: Mapping[Nobody, object] = MappingProxyType(
    {
        Nobody.BLANK: lazy_gettext("the cell is blank"),
        Nobody.SEPARATOR: lazy_gettext("it specifies the separator"),
        Nobody.ABOVE: lazy_gettext("it is above the header row"),
        Nobody.TITLES: lazy_gettext("it repeats the header row"),
        Nobody.UNKNOWN_TITLES: lazy_gettext(
            "it seems to be a header row, but the column names were not recognised; the columns below are "
            "recognised by their content"
        ),
        Nobody.RULE: lazy_gettext("it contains no letters or digits"),
        Nobody.COMMENT: lazy_gettext("it is a comment"),
        Nobody.SUMMARY: lazy_gettext("it contains points, averages or totals of a gradebook"),
        Nobody.TEST_STUDENT: lazy_gettext("it is the other system's test student"),
        Nobody.PROSE: lazy_gettext("it is a heading or a remark"),
        Nobody.UNUSED: lazy_gettext("it is blank in the columns that are used"),
        Nobody.SAME: lazy_gettext("it repeats line %(other)s"),
    }
)


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One line with its error; line 0 means the whole list."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class PassedOverLine:
    """One ignored line; `last` differs from it for a range of lines."""

    line: int
    last: int
    text: str
    words: str


def refused_line(flaw: RosterFlaw) -> RefusedLine:
    """Word the problem of a line."""
    return RefusedLine(flaw.line, (str(ROSTER_PROBLEMS[flaw.wrong]) % {"text": flaw.text, "other": flaw.other}).strip())


def passed_over_line(line: PassedOver) -> PassedOverLine:
    """Word why a line was ignored."""
    last = line.other if line.why is Nobody.BLANK else line.line
    return PassedOverLine(line.line, last, line.text, str(PASSED_OVER[line.why]) % {"other": line.other})


def outcome_words() -> dict[str, str]:
    """Return the names of import outcomes."""
    return {
        "new": _("new account"),
        "added": _("new member"),
        "changed": _("changed"),
        "same": _("no change"),
    }


def bring_people(course_id: int) -> str:
    """Show the form."""
    return _import_form(course_id, Roster(""), ImportPlan(()))


def preview_people(course_id: int) -> Response:
    """Show what a roster would do; changes nothing yet."""
    file, domain = request.files.get("file"), request.form.get("domain", "")
    if file is not None and file.filename:
        code_page = request.form.get("code_page", "")
        with closing(file):
            roster = read_file(file.stream.read(), domain, code_page if code_page in CODE_PAGES else "")
    else:
        roster = read_text(request.form.get("text", ""), domain)
    with web_services().sessions() as session:
        plan = plan_import(session, course_id, roster)
    return _import_preview(course_id, roster, plan)


def import_people(course_id: int) -> Response:
    """Import as previewed; if the outcome would differ by now, show the preview again."""
    services, roster = web_services(), read_text(request.form.get("text", ""), request.form.get("domain", ""))
    confirmed = request.form.get("plan", "")
    done = import_roster(services.sessions, instructor(), roster, confirmed, services.clock())
    if not done.done:
        return _import_preview(course_id, roster, done.plan, stale=True)
    brought = (
        done.plan.counts[ImportOutcome.NEW]
        + done.plan.counts[ImportOutcome.ADDED]
        + done.plan.counts[ImportOutcome.CHANGED]
    )
    refused = len({flaw.line for flaw in done.plan.flaws}) or None
    return redirect(url_for("pages.people", course_id=course_id, brought=brought, refused=refused), 303)


def _import_preview(course_id: int, roster: Roster, plan: ImportPlan, *, stale: bool = False) -> Response:
    if not plan.steps:
        return make_response(_import_form(course_id, roster, plan), 422)
    body = render_template(
        "courses/import_preview.html",
        **_import_context(course_id, roster, plan),
        plan=plan,
        stale=stale,
        moving=[step for step in plan.steps if step.outcome is not ImportOutcome.SAME],
        outcomes=outcome_words(),
        roles=role_words(),
    )
    return make_response(body, 409 if stale else 200)


def _import_form(course_id: int, roster: Roster, plan: ImportPlan) -> str:
    return render_template("courses/import.html", **_import_context(course_id, roster, plan))


def _import_context(course_id: int, roster: Roster, plan: ImportPlan) -> dict[str, object]:
    """Return the context of both pages: the roster, and its ignored and rejected lines."""
    return {
        "course_id": course_id,
        "roster": roster,
        "complaints": [refused_line(flaw) for flaw in plan.flaws],
        "refused": len({flaw.line for flaw in plan.flaws}),
        "remarks": [passed_over_line(line) for line in plan.passed],
        "code_pages": CODE_PAGES,
    }
