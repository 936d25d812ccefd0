"""A submission on its page: the rows in order of computation, judged or still waiting."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from grader.judging.answers import Entries
from grader.judging.exercise import Exercise, Field, Part
from grader.judging.policy import AttemptValue
from grader.judging.report import FieldReport, Report
from grader.judging.verdict import Verdict
from grader.judging.weights.task import WeightsTask
from grader.messages.message import in_language
from grader.services.submissions.queries import Status, SubmissionDetail
from grader.web.i18n import reading_language
from grader.web.pages.figure.decision_region import Region, region_of
from grader.web.pages.figure.drawing import Figure, figure_of
from grader.web.pages.formatting import BADGES, WRONG_FIRST, Badge, computed, label_of, mark, titled


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One field: the typed text, and once it is graded the verdict with its reasons.

    `expected_from` and `same_as` are labels; the latter is the first field with the same mistake, whose sentences are
    not repeated. `echo` is a formula as it was read.
    """

    name: str
    label: str
    text: str
    verdict: str | None = None
    badge: Badge | None = None
    given: float = 0.0
    max: float = 0.0
    first: bool = False
    sentences: tuple[str, ...] = ()
    expected_from: tuple[str, ...] = ()
    same_as: str | None = None
    echo: str | None = None


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One part; `given` is None until it is graded; `is_group` if its fields are judged together."""

    id: str
    title: str
    max: float
    given: float | None
    rows: tuple[ReportRow, ...]
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """Everything on the page of a submission; `learner` only for viewers other than the student."""

    shown: SubmissionDetail
    learner: str | None
    sections: tuple[ReportSection, ...]
    first_wrong: ReportRow | None
    figure: Figure
    region: Region | None = None
    worth: AttemptValue | None = None

    @property
    def summary(self) -> str:
        """The status in one line: the title of the page, and the announcement when the report appears."""
        report = self.shown.report
        if self.worth is not None:
            return _("%(given)s of %(max)s points", given=mark(self.worth.points), max=mark(self.worth.of))
        if report is not None:
            return _("%(given)s of %(max)s points", given=mark(report.score.given), max=mark(report.score.max))
        if self.shown.status is Status.GRADED:
            return _("received")
        if self.shown.status is Status.UNUSABLE:
            return _("file cannot be used")
        return _("could not be graded") if self.shown.status is Status.FAILED else _("being graded")

    @property
    def unusable_file(self) -> str | None:
        """Why the submitted file cannot be used, in the reader's language."""
        said = self.shown.unusable_file
        return None if said is None else in_language(said, reading_language())

    @property
    def is_untrained(self) -> bool:
        """Whether weights were evaluated, or could not be, and do not meet the requirements."""
        report = self.shown.report
        return report is not None and any(
            row.verdict == Verdict.WRONG for section in self.sections if section.is_group for row in section.rows
        )

    @property
    def is_complete(self) -> bool:
        """Whether there is nothing left to improve."""
        report = self.shown.report
        return report is not None and report.score.given == report.score.max


def submission_view_of(
    shown: SubmissionDetail, exercise: Exercise, *, own: bool, worth: AttemptValue | None = None
) -> SubmissionView:
    """Put the page of a submission together, in the reader's language."""
    shown = replace(shown, report=shown.report and shown.report.in_language(reading_language()))
    parts = report_sections(exercise, shown.entries, shown.report)
    first = next((row for part in parts for row in part.rows if row.first), None)
    region = region_of(exercise, shown.report)
    figure = figure_of(exercise, shown.report, shown.entries)
    return SubmissionView(shown, None if own else shown.learner_ref, parts, first, figure, region, worth)


def report_sections(exercise: Exercise, entries: Entries, report: Report | None) -> tuple[ReportSection, ...]:
    """Lay out the entries and the report, if any, by the parts of the exercise."""
    said = _ReportLabels(
        {field.name: label_of(field) for field in exercise.fields}, _first_of_each_mistake(exercise, report)
    )
    return tuple(_section(part, entries, report, said) for part in exercise.parts)


@dataclass(frozen=True, slots=True)
class _ReportLabels:
    """Labels that rows refer to: by field, and by mistake the first field with it."""

    labels: Mapping[str, str]
    firsts: Mapping[str, str]


def _first_of_each_mistake(exercise: Exercise, report: Report | None) -> dict[str, str]:
    firsts: dict[str, str] = {}
    reported = report.fields if report else {}
    for name in exercise.field_names:
        judged = reported.get(name)
        if judged and judged.mistake:
            firsts.setdefault(judged.mistake.id, name)
    return firsts


def _section(part: Part, entries: Entries, report: Report | None, said: _ReportLabels) -> ReportSection:
    rows = tuple(_row(field, entries, report, said) for field in part.fields)
    given = None if report is None else sum(row.given for row in rows)
    return ReportSection(part.id, titled(part), part.points, given, rows, isinstance(part.task, WeightsTask))


def _row(field: Field, entries: Entries, report: Report | None, said: _ReportLabels) -> ReportRow:
    text = _text(field, entries, report)
    judged = report and report.fields.get(field.name)
    if not report or not judged:
        return ReportRow(field.name, label_of(field), text)
    first = report.first_wrong == field.name
    source = said.firsts[judged.mistake.id] if judged.mistake else field.name
    return ReportRow(
        name=field.name,
        label=label_of(field),
        text=text,
        verdict=judged.verdict,
        badge=WRONG_FIRST if first else BADGES[judged.verdict],
        given=judged.given,
        max=judged.max,
        first=first,
        sentences=_sentences(judged, again=source != field.name),
        expected_from=tuple(said.labels.get(name, name) for name in judged.expected_from),
        same_as=None if source == field.name else said.labels[source],
        echo=judged.echo,
    )


def _text(field: Field, entries: Entries, report: Report | None) -> str:
    """Return the typed text, or the name of the file; for weights from a file, their values."""
    if field.name in entries:
        return entries[field.name].text
    trained = report.trained if report else None
    return computed(trained.weights[field.name]) if trained and field.name in trained.weights else ""


def _sentences(judged: FieldReport, *, again: bool) -> tuple[str, ...]:
    mistake = None if again else judged.mistake
    told = [mistake.sentence, mistake.evidence] if mistake else []
    return tuple(sentence for sentence in (*told, judged.note) if sentence)
