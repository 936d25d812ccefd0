"""All submissions of an exercise as a table for a spreadsheet."""

from collections.abc import Iterator

from flask import Response, stream_with_context

from grader.checking.exercise import Exercise
from grader.services.export import Exported
from grader.services.export import export as submissions_of
from grader.web.pages.spreadsheet import Identifier, as_typed, lines
from grader.web.wiring import web_services

HEAD = ("submission", "learner", "client", "submitted_at", "revision", "status", "points", "of")


def export(slug: str) -> Response:
    """Give the table as a file: a row per submission, for each field what was entered and the verdict."""
    published = web_services().catalog.find(slug)
    response = Response(stream_with_context(lines(_table(published.exercise))), mimetype="text/csv")
    # Slugs are lower-case letters, digits and hyphens: nothing that a header or a file system would read otherwise.
    response.headers.set("Content-Disposition", "attachment", filename=f"{published.slug}-submissions.csv")
    return response


def _table(exercise: Exercise) -> Iterator[list[str]]:
    names = exercise.field_names
    yield [*HEAD, *names, *(f"{name}_verdict" for name in names)]
    with web_services().sessions() as session:
        for sent in submissions_of(session, exercise.slug):
            yield _row(sent, names)


def _row(sent: Exported, names: tuple[str, ...]) -> list[str]:
    report = sent.report
    points = ["", ""] if report is None else [str(report.score.given), str(report.score.max)]
    entered = [as_typed(sent.entries[name].text) if name in sent.entries else "" for name in names]
    verdicts = [str(report.fields[name].verdict) if report and name in report.fields else "" for name in names]
    moment = sent.submitted_at.isoformat(timespec="seconds")
    return [
        str(sent.id),
        Identifier(sent.learner_ref),
        sent.client,
        moment,
        sent.revision,
        sent.status,
        *points,
        *entered,
        *verdicts,
    ]
