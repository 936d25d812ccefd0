"""Practice of all exercises and of one, for instructors, and its submissions as a table."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, render_template, request, stream_with_context, url_for

from grader.catalog.load import LoadedExercise
from grader.judging.exercise import Exercise
from grader.services.gradebook.exercise_stats import Counts, counts_by_exercise, exercise_stats
from grader.services.gradebook.exports import Exported
from grader.services.gradebook.exports import export as submissions_of
from grader.services.pagination import LARGEST
from grader.services.submissions.queries import history
from grader.vocabulary import SubmissionFilter
from grader.web.dependencies import web_services
from grader.web.pages.instructor.charts import verdict_badges, verdict_bars
from grader.web.pages.spreadsheets import Identifier, as_typed, csv_lines


@dataclass(frozen=True, slots=True)
class CountedExercise:
    """One exercise."""

    published: LoadedExercise
    counts: Counts


def instructor() -> str:
    """Show all exercises."""
    services = web_services()
    with services.reading_classes() as session:
        counts = counts_by_exercise(session)
    lines = [CountedExercise(published, counts.get(published.slug, Counts())) for published in services.catalog]
    return render_template("instructor/exercises.html", lines=lines)


PAGE = 25


def dashboard(slug: str) -> str:
    """Show one exercise; its submissions are paged by `?before=`, its learners by `?after=`."""
    services = web_services()
    published = services.catalog.find(slug)
    before = request.args.get("before")
    with services.reading_classes() as session:
        seen = exercise_stats(session, slug, _learner_before())
        sent = history(session, SubmissionFilter(slug=slug, practice=True), PAGE, before)
    return render_template(
        "instructor/exercise_stats.html",
        published=published,
        counts=seen.counts,
        set_aside=seen.set_aside,
        standings=seen.standings,
        words=verdict_badges(),
        bars=verdict_bars(published.exercise, seen.verdicts),
        lines=sent.items,
        older=url_for("pages.dashboard", slug=slug, before=sent.next) if sent.next else None,
        newest=url_for("pages.dashboard", slug=slug) if before else None,
        more=url_for("pages.dashboard", slug=slug, after=seen.learners_after) if seen.learners_after else None,
    )


def _learner_before() -> int | None:
    """Return the last learner of the previous page, if the address names one."""
    after = request.args.get("after", type=int)
    return after if after is not None and abs(after) <= LARGEST else None


HEAD = ("submission", "learner", "client", "submitted_at", "revision", "status", "points", "of")


def export(slug: str) -> Response:
    """Return the table as a file: a row per submission, with entry and verdict for each field."""
    published = web_services().catalog.find(slug)
    response = Response(stream_with_context(csv_lines(_table(published.exercise))), mimetype="text/csv")
    # Slugs are lower-case letters, digits and hyphens, safe in headers and file names.
    response.headers.set("Content-Disposition", "attachment", filename=f"{published.slug}-submissions.csv")
    return response


def _table(exercise: Exercise) -> Iterator[list[str]]:
    names = exercise.field_names
    yield [*HEAD, *names, *(f"{name}_verdict" for name in names)]
    with web_services().reading_classes() as session:
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
