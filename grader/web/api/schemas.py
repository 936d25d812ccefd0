"""Shapes shared by several operations: bodies, problems, reports."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from grader.judging.answers import Entries, Entry
from grader.judging.report import FieldReport, Report
from grader.judging.verdict import Verdict


class RequestBody(BaseModel):
    """A request body: no coercion, no unknown members."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class RequestQuery(BaseModel):
    """A query; its values are text by nature."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ResponseBody(BaseModel):
    """A response body."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class FlawOut(BaseModel):
    """One invalid place of the request."""

    code: str = Field(description="For programs: unreadable, unknown-field, wrong-type, too-long, missing …")
    detail: str = Field(description="For people: one sentence.")
    pointer: str | None = Field(default=None, description="JSON pointer (RFC 6901) into the body.")
    field: str | None = Field(default=None, description="The field of the exercise, if an answer is invalid.")
    parameter: str | None = Field(default=None, description="The query parameter.")
    header: str | None = Field(default=None, description="The header.")


class ProblemOut(BaseModel):
    """An error as in RFC 9457 (application/problem+json)."""

    type: str = Field(description="URL of the description of this kind of problem in /api/docs.")
    title: str
    status: int
    detail: str
    errors: list[FlawOut] = Field(default=[], description="All invalid places of the request.")
    incident: str | None = Field(default=None, description="ID of the entry in the server's log.")


class ScoreOut(ResponseBody):
    """Points, out of at most max."""

    given: float
    max: float


class MistakeOut(ResponseBody):
    """A wrong procedure that gives exactly this value."""

    id: str
    sentence: str
    alternatives: list[str]
    evidence: str


class FieldOut(ResponseBody):
    """The judgement of one field; `entered` is the text as sent, `echo` a formula as it was read, in LaTeX."""

    verdict: Verdict
    given: float
    max: float
    entered: str | None
    expected_from: list[str]
    mistake: MistakeOut | None
    note: str | None
    echo: str | None


class RowOut(ResponseBody):
    """The result of trained weights on one row of the data."""

    inputs: dict[str, float]
    nets: dict[str, float]
    outputs: dict[str, float]
    targets: dict[str, float]
    right: bool


class TrainedOut(ResponseBody):
    """The result of trained weights on all rows; null if not required, or not finite."""

    rows: int
    right: int = Field(description="Number of correct rows.")
    accuracy: float = Field(description="Share of correct rows.")
    accuracy_wanted: float | None
    loss: float | None = Field(description="Mean loss over the rows.")
    loss_bound: float | None = Field(description="Required upper bound of the loss.")
    margin: float | None = Field(
        description="Distance of the nearest row from the wrong side; negative if on the wrong side."
    )
    hidden: bool = Field(description="Whether the rows are hidden from learners; if so, `rows` of the report is empty.")
    broken: list[str] = Field(description="One sentence per violated constraint.")
    weights: dict[str, float] = Field(description="The weights that were graded, by name.")
    source: str = Field(description="`fields`, or the format of the uploaded file.")


class ReportOut(ResponseBody):
    """The judgement of one set of answers; until it is graded, `score` is null and `fields` is empty."""

    score: ScoreOut | None = None
    first_wrong: str | None = Field(default=None, description="The first field that is mistaken or wrong.")
    fields: dict[str, FieldOut] = Field(default={}, description="By field name, in the order of the exercise.")
    rows: list[RowOut] = Field(default=[], description="Results row by row, if trained weights were graded.")
    notes: list[str] = Field(default=[], description="Feedback on the answers as a whole.")
    trained: TrainedOut | None = Field(default=None, description="Result of trained weights, if any were graded.")

    @classmethod
    def of(cls, report: Report | None, entries: Entries, **others: object) -> Self:
        """Convert a report together with the entries; `others` are the fields of a subclass."""
        if report is None:
            return cls.model_validate(others)
        told = {
            "score": report.score,
            "first_wrong": report.first_wrong,
            "fields": {name: _field(field, entries.get(name)) for name, field in report.fields.items()},
            "rows": report.rows,
            "notes": report.notes,
            "trained": report.trained,
        }
        return cls.model_validate(told | others)


class CheckOut(ReportOut):
    """A report that is not stored."""

    exercise: str
    revision: str


def _field(field: FieldReport, entry: Entry | None) -> FieldOut:
    return FieldOut(
        verdict=field.verdict,
        given=field.given,
        max=field.max,
        entered=None if entry is None else entry.text,
        expected_from=list(field.expected_from),
        mistake=None if field.mistake is None else MistakeOut.model_validate(field.mistake),
        note=field.note,
        echo=field.echo,
    )
