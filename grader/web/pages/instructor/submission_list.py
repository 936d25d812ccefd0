"""The submissions behind a bar of the dashboard, newest first, with their entry in the selected field."""

from dataclasses import dataclass

from flask import abort, render_template, request
from flask_babel import gettext as _

from grader.analytics.filters import Chosen, select
from grader.analytics.similar_answers import answers_near
from grader.judging.policy import Attempt, Mark
from grader.judging.verdict import LETTERS
from grader.services.courses.members import Student, students_by_user
from grader.services.gradebook.class_data import ClassData, labels_of, typed_texts
from grader.web.dependencies import web_services
from grader.web.pages.formatting import BADGES, Badge
from grader.web.pages.instructor.assignment_dashboard import classroom
from grader.web.pages.instructor.drilldown import list_heading, list_url, selection_in_query

PAGE = 50
VERDICT_OF = {letter: verdict for verdict, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True)
class SubmissionLine:
    """One submission, with the mark that it would make; `typed` and `badge` belong to the selected field, if any."""

    student: Student
    number: int
    attempt: Attempt
    counts: bool
    mark: Mark | None
    typed: str | None
    badge: Badge | None


def assignment_submissions(assignment_id: int) -> str:
    """Show them by pages (`?page=`)."""
    room = classroom(assignment_id)
    classwork = room.read()
    found = _found(classwork)
    page = _page_number()
    some = found[(page - 1) * PAGE : page * PAGE]
    if page > 1 and not some:
        abort(404)
    field = request.args.get("field")
    return render_template(
        "instructor/submission_list.html",
        room=room,
        assignment=room.assignment,
        heading=list_heading(classwork),
        field=field,
        label=labels_of(classwork).get(field or ""),
        lines=_lines(classwork, some, field),
        total=len(found),
        first=(page - 1) * PAGE + 1,
        newer=_address(assignment_id, page - 1) if page > 1 else None,
        older=_address(assignment_id, page + 1) if len(found) > page * PAGE else None,
    )


def _found(classwork: ClassData) -> list[Chosen]:
    place, field = request.args.get("near"), request.args.get("field")
    if place is None or field is None:
        return select(classwork.works, classwork.exercise.field_names, selection_in_query())
    try:
        wanted = set(answers_near(classwork.wrongs, field, float(place)))
    except ValueError:
        abort(400, _("The address of this list is not valid. Open the list from the dashboard."))
    return [one for one in select(classwork.works, ()) if one.attempt.submission_id in wanted]


def _lines(classwork: ClassData, some: list[Chosen], field: str | None) -> list[SubmissionLine]:
    names = classwork.exercise.field_names
    with web_services().sessions() as session:
        students = students_by_user(session, classwork.assignment.course_id)
        wanted = [(one.attempt.submission_id, field) for one in some] if field in names else []
        typed = typed_texts(session, [(submission_id, str(name)) for submission_id, name in wanted]) or [None] * len(
            some
        )
    return [
        SubmissionLine(
            student=students[one.work.user_id],
            number=one.place + 1,
            attempt=one.attempt,
            counts=one.attempt.submission_id == one.work.mark.counted,
            mark=one.work.mark if one.attempt.submission_id == one.work.mark.counted else None,
            typed=text,
            badge=_badge(one, names.index(field)) if field in names else None,
        )
        for one, text in zip(some, typed, strict=True)
    ]


def _badge(one: Chosen, place: int) -> Badge | None:
    letters = one.work.verdicts[one.place]
    verdict = VERDICT_OF.get(letters[place]) if letters else None
    return None if verdict is None else BADGES[verdict]


def _page_number() -> int:
    page = request.args.get("page", 1, int)
    return page if page >= 1 else abort(404)


def _address(assignment_id: int, page: int) -> str:
    return list_url(assignment_id, {**request.args.to_dict(), "page": str(page)})
