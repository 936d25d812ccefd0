"""What an instructor sees beyond the student: right values, mistakes, samples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from grader.catalog.load import Published
from grader.catalog.samples import Sample, samples_of
from grader.checking.exercise import Exercise, FieldKind
from grader.checking.likeness import Changed, Likeness, likenesses
from grader.checking.separation import Separation, separate
from grader.checking.verdict import Verdict
from grader.sayings.mistakes import title_of
from grader.web.pages.verdicts import BADGES, Badge


@dataclass(frozen=True, slots=True)
class Reference:
    """One field: what is right, and how far an answer may be off; None where it is no number of the graph."""

    name: str
    label: str
    points: float
    right: float | None
    width: float | None


@dataclass(frozen=True, slots=True)
class MistakeLine:
    """One way of one mistake; `first` is the first asked field that it changes, `nearest` the hardest to tell."""

    mistake: str
    title: str
    changed: int
    first: Changed | None
    nearest: Changed | None
    is_narrow: bool


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One sample answer; `counts` are its verdicts, each with its badge."""

    sample: Sample
    counts: tuple[tuple[Badge, int], ...]


def references(exercise: Exercise) -> Iterator[Reference]:
    """Give every field in the order of the page."""
    for field in exercise.fields:
        is_computed = field.kind is FieldKind.NUMBER and field.name in exercise.asked
        right = float(exercise.reference[field.name]) if is_computed else None
        width = float(exercise.width(field.name)) if is_computed else None
        yield Reference(field.name, field.label, field.points, right, width)


def mistake_lines(exercise: Exercise, language: str) -> tuple[MistakeLine, ...]:
    """Give every mistake that can happen here, those first that are hardest to tell from right."""
    lines = (_line(one, language) for one in likenesses(exercise))
    return tuple(sorted(lines, key=lambda line: line.nearest.tolerances if line.nearest else float("inf")))


def separation_of(exercise: Exercise) -> Separation | None:
    """What the check found; None where nothing is computed."""
    return separate(exercise) if exercise.asked else None


def sample_lines(published: Published, folder: Path) -> Sequence[SampleLine]:
    """Give every sample of the folder, judged by the printed values; kept, as long as the exercise stays what it is."""
    return _sample_lines(published.exercise, folder)


@lru_cache(maxsize=64)
def _sample_lines(exercise: Exercise, folder: Path) -> Sequence[SampleLine]:
    return [
        SampleLine(
            sample,
            tuple((BADGES[verdict], sample.verdicts[verdict]) for verdict in Verdict if verdict in sample.verdicts),
        )
        for sample in samples_of(exercise, folder)
    ]


def _line(likeness: Likeness, language: str) -> MistakeLine:
    changed = likeness.changed
    return MistakeLine(
        mistake=likeness.mistake,
        title=title_of(likeness.mistake, language),
        changed=len(changed),
        first=changed[0] if changed else None,
        nearest=likeness.nearest,
        is_narrow=likeness.is_narrow,
    )
