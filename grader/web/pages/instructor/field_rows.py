"""The fields of a dashboard: a stacked bar of verdicts each, how hard it is, and how well it tells students apart."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from grader.checking.verdict import Verdict
from grader.services.analysis.fields import FieldTally
from grader.services.analysis.selection import Verdicts
from grader.services.analysis.work import Which
from grader.web.pages.filters import decimal
from grader.web.pages.instructor.charts import Address
from grader.web.pages.verdicts import BADGES, Badge

EASY, HARD = 0.85, 0.5
NOISE = 2.0
"""A correlation of nothing lies within this, divided by the square root of the students."""

TELLING, LITTLE = 0.4, 0.2


@dataclass(frozen=True, slots=True)
class Piece:
    """One verdict's part of a bar, in percent of its length."""

    verdict: Verdict
    badge: Badge
    count: int
    start: float
    width: float
    url: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field; `cells` has every verdict, also those that nobody got."""

    name: str
    label: str
    pieces: tuple[Piece, ...]
    cells: tuple[Piece, ...]
    share: float | None
    ease: str
    discrimination: str
    telling: str
    is_alarming: bool

    @property
    def words(self) -> str:
        """The bar for those who do not see it."""
        return ", ".join(f"{piece.count} {piece.badge.word}" for piece in self.pieces)


def field_rows(tallies: Sequence[FieldTally], which: Which, address: Address) -> tuple[FieldRow, ...]:
    """Draw a bar for each field."""
    return tuple(_row(tally, which, address) for tally in tallies)


def _row(tally: FieldTally, which: Which, address: Address) -> FieldRow:
    cells = _cells(tally.name, tally.counts, which, address)
    return FieldRow(
        name=tally.name,
        label=tally.label,
        pieces=tuple(cell for cell in cells if cell.count),
        cells=cells,
        share=tally.share,
        ease=_ease(tally.share),
        discrimination=_figure(tally.discrimination),
        telling=_telling(tally),
        is_alarming=_is_turned(tally),
    )


def _cells(name: str, counts: Mapping[Verdict, int], which: Which, address: Address) -> tuple[Piece, ...]:
    total = sum(counts.values()) or 1
    cells: list[Piece] = []
    start = 0.0
    for verdict in Verdict:
        width = 100 * counts[verdict] / total
        url = address(Verdicts(name, verdict, which))
        cells.append(Piece(verdict, BADGES[verdict], counts[verdict], round(start, 2), round(width, 2), url))
        start += width
    return tuple(cells)


def _figure(discrimination: float | None) -> str:
    return "" if discrimination is None else decimal(f"{round(discrimination, 2) + 0.0:.2f}")


def _ease(share: float | None) -> str:
    if share is None:
        return ""
    return _("easy") if share >= EASY else _("hard") if share < HARD else _("middling")


def _telling(tally: FieldTally) -> str:
    """What the correlation with the rest of the score means."""
    if tally.discrimination is None:
        return _("cannot be told")
    if _is_turned(tally):
        return _("turned round: look at it")
    if tally.discrimination < LITTLE:
        return _("tells little")
    return _("tells well") if tally.discrimination >= TELLING else _("tells somewhat")


def _is_turned(tally: FieldTally) -> bool:
    """Whether those who have it right are worse elsewhere, by more than chance does once in forty times."""
    students = sum(tally.counts.values())
    return tally.discrimination is not None and tally.discrimination * math.sqrt(students) < -NOISE
