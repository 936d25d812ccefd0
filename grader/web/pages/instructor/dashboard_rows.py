"""The rows of a dashboard: fields with their verdicts, mistakes, similar wrong answers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from grader.analytics.fields import FieldTally
from grader.analytics.filters import Mistaken, Verdicts
from grader.analytics.mistakes import MistakeTally
from grader.analytics.records import WhichAttempt
from grader.analytics.similar_answers import AnswerGroup
from grader.judging.verdict import Verdict
from grader.messages.mistakes import title_of
from grader.web.i18n import reading_language
from grader.web.pages.formatting import BADGES, Badge, decimal
from grader.web.pages.instructor.charts import SelectionUrl
from grader.web.pages.instructor.drilldown import group_url

EASY, HARD = 0.85, 0.5
NOISE = 2.0
"""A zero correlation lies within this, divided by the square root of the number of students."""

TELLING, LITTLE = 0.4, 0.2


@dataclass(frozen=True, slots=True)
class FieldPiece:
    """One verdict's part of a bar, in percent of its length."""

    verdict: Verdict
    badge: Badge
    count: int
    start: float
    width: float
    url: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field; `cells` has every verdict, including those that nobody got."""

    name: str
    label: str
    pieces: tuple[FieldPiece, ...]
    cells: tuple[FieldPiece, ...]
    share: float | None
    ease: str
    discrimination: str
    telling: str
    is_alarming: bool

    @property
    def words(self) -> str:
        """The bar as text, for screen readers."""
        return ", ".join(f"{piece.count} {piece.badge.word}" for piece in self.pieces)


def field_rows(tallies: Sequence[FieldTally], which: WhichAttempt, address: SelectionUrl) -> tuple[FieldRow, ...]:
    """Return a bar for each field."""
    return tuple(_field_row(tally, which, address) for tally in tallies)


def _field_row(tally: FieldTally, which: WhichAttempt, address: SelectionUrl) -> FieldRow:
    cells = _cells(tally.name, tally.counts, which, address)
    return FieldRow(
        name=tally.name,
        label=tally.label,
        pieces=tuple(cell for cell in cells if cell.count),
        cells=cells,
        share=tally.share,
        ease=_ease(tally.share),
        discrimination=_figure(tally.discrimination),
        telling=_discrimination_in_words(tally),
        is_alarming=_discriminates_negatively(tally),
    )


def _cells(
    name: str, counts: Mapping[Verdict, int], which: WhichAttempt, address: SelectionUrl
) -> tuple[FieldPiece, ...]:
    total = sum(counts.values()) or 1
    cells: list[FieldPiece] = []
    start = 0.0
    for verdict in Verdict:
        width = 100 * counts[verdict] / total
        url = address(Verdicts(name, verdict, which))
        cells.append(FieldPiece(verdict, BADGES[verdict], counts[verdict], round(start, 2), round(width, 2), url))
        start += width
    return tuple(cells)


def _figure(discrimination: float | None) -> str:
    return "" if discrimination is None else decimal(f"{round(discrimination, 2) + 0.0:.2f}")


def _ease(share: float | None) -> str:
    if share is None:
        return ""
    return _("easy") if share >= EASY else _("hard") if share < HARD else _("medium")


def _discrimination_in_words(tally: FieldTally) -> str:
    """Word the correlation with the rest of the score."""
    if tally.discrimination is None:
        return _("not enough data")
    if _discriminates_negatively(tally):
        return _("negative discrimination: check this field")
    if tally.discrimination < LITTLE:
        return _("poor")
    return _("good") if tally.discrimination >= TELLING else _("fair")


def _discriminates_negatively(tally: FieldTally) -> bool:
    """Return whether students with a correct field do worse elsewhere, beyond what chance does once in forty times."""
    students = sum(tally.counts.values())
    return tally.discrimination is not None and tally.discrimination * math.sqrt(students) < -NOISE


NEAR = 0.01


@dataclass(frozen=True, slots=True)
class MistakeRow:
    """One mistake; `width` is its bar, in percent of the most frequent one."""

    id: str
    title: str
    field: str
    label: str
    students: int
    still: int
    submissions: int
    width: float
    url: str
    examples: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Similar unexplained answers."""

    field: str
    label: str
    text: str
    where: str
    students: int
    width: float
    url: str


def mistake_rows(
    tallies: Sequence[MistakeTally], labels: Mapping[str, str], address: SelectionUrl
) -> tuple[MistakeRow, ...]:
    """Return the mistakes in words, most frequent first."""
    most = max((tally.students for tally in tallies), default=1)
    return tuple(
        MistakeRow(
            id=tally.id,
            title=title_of(tally.id, reading_language()),
            field=tally.field,
            label=labels.get(tally.field, tally.field),
            students=tally.students,
            still=tally.still,
            submissions=tally.submissions,
            width=round(100 * tally.students / most, 1),
            url=address(Mistaken(tally.id)),
            examples=tally.examples,
        )
        for tally in tallies
    )


def group_rows(
    groups: Sequence[AnswerGroup], labels: Mapping[str, str], most: int, assignment_id: int
) -> tuple[GroupRow, ...]:
    """Return the groups in words; `most` is the length of the longest bar."""
    return tuple(
        GroupRow(
            field=group.field,
            label=labels[group.field],
            text=group.text,
            where=_where(group.place),
            students=group.students,
            width=round(min(100.0, 100 * group.students / max(1, most)), 1),
            url=group_url(assignment_id, group.field, group.place),
        )
        for group in groups
    )


def _where(place: float) -> str:
    """Word the position of answers relative to the correct one."""
    if abs(place - 1) < NEAR:
        return _("close to the correct value")
    return _("%(ratio)s times the correct value", ratio=decimal(f"{place:.4g}"))
