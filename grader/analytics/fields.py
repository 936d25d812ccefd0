"""Statistics of each field: verdicts, difficulty, and discrimination."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.judging.exercise import Exercise
from grader.judging.verdict import LETTERS, Verdict

FEWEST = 5
"""The least number of students for a meaningful correlation."""

ABSENT = " "
"""The letter of a field that an earlier revision did not have."""


@dataclass(frozen=True, slots=True)
class FieldTally:
    """One field.

    Attributes:
        counts: the frequency of each verdict.
        share: the mean share of its points that was earned; None if it was never judged.
        discrimination: the correlation of its points with those of all other fields, from -1 to 1; None without
            variance, or with too few students.
    """

    name: str
    label: str
    counts: Mapping[Verdict, int]
    share: float | None
    discrimination: float | None


def tally(exercise: Exercise, letters: Sequence[str]) -> tuple[FieldTally, ...]:
    """Count verdicts, in the order of the fields.

    Args:
        exercise: gives the fields, with their credit.
        letters: one text a student, with a letter for each field.
    """
    fields = exercise.fields
    written = "".join(letters).encode("ascii")
    grid = np.frombuffer(written, dtype=np.uint8).reshape(len(letters), len(fields))
    points = _points(exercise, grid)
    known = grid != ord(ABSENT)
    telling = _telling(points, points.sum(axis=1))
    counted = {verdict: (grid == ord(letter)).sum(axis=0) for verdict, letter in LETTERS.items()}
    return tuple(
        FieldTally(
            name=field.name,
            label=field.label,
            counts={verdict: int(counts[k]) for verdict, counts in counted.items()},
            share=_share(points[known[:, k], k], field.points),
            discrimination=telling[k],
        )
        for k, field in enumerate(fields)
    )


def _points(exercise: Exercise, grid: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the points earned by each verdict, shape (students, fields)."""
    credit = np.zeros(256)
    for verdict, letter in LETTERS.items():
        credit[ord(letter)] = exercise.credit[verdict]
    return np.asarray(credit[grid] * np.array([field.points for field in exercise.fields]))


def _share(points: NDArray[np.float64], of: float) -> float | None:
    return float(points.mean() / of) if points.size and of else None


def _telling(points: NDArray[np.float64], totals: NDArray[np.float64]) -> list[float | None]:
    """Return each field's correlation with the rest of the score."""
    students, fields = points.shape
    if students < FEWEST:
        return [None] * fields
    rest = totals[:, np.newaxis] - points
    own, other = points - points.mean(axis=0), rest - rest.mean(axis=0)
    spread = np.sqrt((own**2).sum(axis=0) * (other**2).sum(axis=0))
    told = (own * other).sum(axis=0)
    return [float(told[k] / spread[k]) if spread[k] > 1e-12 * students else None for k in range(fields)]
