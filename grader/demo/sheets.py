"""Submissions of imaginary students: computed if all fields are numbers of the graph, else a sample of the exercise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from grader.catalog.answer_file import contents_of, read_answer_file
from grader.demo.answers import WayOfWorking, can_imagine, imagine
from grader.demo.students import ImaginedStudent
from grader.judging.answers import Entry
from grader.judging.exercise import Exercise
from grader.judging.verdict import Verdict

NO_FILES: Mapping[str, bytes] = {}
OTHER_THAN_RIGHT = (Verdict.MISTAKEN, Verdict.WRONG, Verdict.FOLLOWS, Verdict.IMPRECISE, Verdict.MISSING)


@dataclass(frozen=True, slots=True)
class ImaginedSheet:
    """Answers, and the files that they refer to."""

    entries: Mapping[str, Entry]
    contents: Mapping[str, bytes] = field(default_factory=dict)


def sheet_of(
    exercise: Exercise, folder: Path, work: WayOfWorking, student: ImaginedStudent, chance: np.random.Generator
) -> ImaginedSheet | None:
    """Return what the student submits; None if the exercise has no sample of such work.

    Args:
        exercise: with the student's own given values.
        folder: of the exercise, with its samples.
        work: how the student works this time.
        student: determines habits.
        chance: the random generator.
    """
    if can_imagine(exercise):
        return ImaginedSheet(imagine(exercise, work, student.habit, chance))
    samples = _samples(folder, [Verdict.CORRECT] if work is WayOfWorking.RIGHT else OTHER_THAN_RIGHT)
    if not samples:
        return None
    path = samples[int(chance.integers(len(samples)))]
    entries = read_answer_file(path)
    return ImaginedSheet(entries, contents_of(path, entries))


def _samples(folder: Path, words: Sequence[Verdict]) -> list[Path]:
    return [path for word in words for path in sorted((folder / "answers" / word).glob("*.toml"))]
