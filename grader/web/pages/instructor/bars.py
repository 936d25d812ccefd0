"""Verdicts per field as a stacked bar, with the same figures for a table."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.checking.exercise import Exercise, Field
from grader.checking.verdict import Verdict
from grader.web.pages.verdicts import BADGES, Badge


@dataclass(frozen=True, slots=True)
class Piece:
    """One verdict's share of a bar, in percent of its length."""

    verdict: Verdict
    badge: Badge
    count: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One field; `counts` in the order of the verdicts, `full` the share in percent that earns all points."""

    name: str
    label: str
    counts: tuple[int, ...]
    full: int
    pieces: tuple[Piece, ...]

    @property
    def words(self) -> str:
        """The bar for those who do not see it."""
        return ", ".join(f"{piece.count} {piece.badge.word}" for piece in self.pieces)


def words_of() -> tuple[Badge, ...]:
    """Name the colours, in the order of the pieces."""
    return tuple(BADGES[verdict] for verdict in Verdict)


def bars_of(exercise: Exercise, verdicts: Mapping[str, Mapping[Verdict, int]]) -> tuple[Bar, ...]:
    """Draw a bar for each field that was judged at least once, in the order of the computation."""
    return tuple(
        _bar(field, verdicts[field.name], exercise.credit) for field in exercise.fields if field.name in verdicts
    )


def _bar(field: Field, counted: Mapping[Verdict, int], credit: Mapping[Verdict, float]) -> Bar:
    counts = {verdict: counted.get(verdict, 0) for verdict in Verdict}
    total = sum(counts.values())
    pieces: list[Piece] = []
    start = 0.0
    for verdict, count in counts.items():
        if count:
            width = 100 * count / total
            pieces.append(Piece(verdict, BADGES[verdict], count, round(start, 2), round(width, 2)))
            start += width
    full = sum(count for verdict, count in counts.items() if credit[verdict] >= 1)
    return Bar(field.name, field.label, tuple(counts.values()), round(100 * full / total), tuple(pieces))
