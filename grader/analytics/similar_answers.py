"""Groups of similar wrong answers."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from grader.analytics.records import StudentWork
from grader.judging.exercise import Exercise, FieldKind
from grader.judging.reading.lexer import without_own_name
from grader.judging.reading.numbers import Number, Unreadable, read_number
from grader.judging.verdict import LETTERS, Verdict

FEWEST = 2


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """One unexplained answer; at most one of each student and field.

    Attributes:
        text: as typed.
        place: where it lies, seen from the right value, so that given values of one's own make no difference: 1 for
            the right value, 0 for nothing, -1 for the wrong sign.
        width: half the distance within which two places are the same.
    """

    user_id: int
    submission_id: UUID
    field: str
    text: str
    place: float
    width: float


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """Answers at the same place; `text` is what most of them typed."""

    field: str
    place: float
    width: float
    text: str
    submission_ids: tuple[UUID, ...]

    @property
    def students(self) -> int:
        """How many they are."""
        return len(self.submission_ids)


def similar_answers(wrongs: Sequence[WrongAnswer], most: int = 5) -> tuple[AnswerGroup, ...]:
    """Return the largest groups of two students or more, one a field at most, the largest first."""
    by_field: defaultdict[str, list[WrongAnswer]] = defaultdict(list)
    for wrong in wrongs:
        by_field[wrong.field].append(wrong)
    found = [_largest(field, sorted(some, key=attrgetter("place"))) for field, some in by_field.items()]
    shared = sorted((group for group in found if group.students >= FEWEST), key=lambda group: -group.students)
    return tuple(shared[:most])


def answers_near(wrongs: Sequence[WrongAnswer], field: str, place: float) -> tuple[UUID, ...]:
    """Return the submissions whose answer lies at a place."""
    return tuple(
        wrong.submission_id for wrong in wrongs if wrong.field == field and abs(wrong.place - place) <= wrong.width
    )


def _largest(field: str, ordered: Sequence[WrongAnswer]) -> AnswerGroup:
    """The most answers that lie within their width of one of them."""
    best: tuple[int, int, int] = (0, 0, 0)
    low = high = 0
    for middle, wrong in enumerate(ordered):
        while ordered[low].place < wrong.place - wrong.width:
            low += 1
        while high < len(ordered) and ordered[high].place <= wrong.place + wrong.width:
            high += 1
        best = max(best, (high - low, -middle, low))
    size, middle, low = best
    wrong, members = ordered[-middle], ordered[low : low + size]
    (text, _), *_ = Counter(member.text for member in members).most_common(1)
    return AnswerGroup(field, wrong.place, wrong.width, text, tuple(member.submission_id for member in members))


WIDEST = 5e-3
"""An answer of few digits is not alike to everything around it."""


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """What one student typed in a field; `givens` where they are the student's own."""

    user_id: int
    submission_id: UUID
    field: str
    text: str
    givens: Mapping[str, float] | None = None


def comparable(exercise: Exercise) -> frozenset[str]:
    """Names of the fields whose wrong answers can be compared: numbers that the network gives."""
    return frozenset(name for name, field in exercise.asked.items() if field.kind is FieldKind.NUMBER)


WRONG = ord(LETTERS[Verdict.WRONG])


def newest_wrong(exercise: Exercise, works: Sequence[StudentWork], most: int) -> list[tuple[StudentWork, int, str]]:
    """Return the newest wrong answer of each student and field that can be compared; of all those the newest.

    Args:
        exercise: what was asked.
        works: one a student.
        most: how many at most.

    Returns:
        The student's work, the place of the attempt in it, the name of the field; the oldest first. Of one moment they
        are in the order of the students, then of the attempts in which the field was wrong first, then of the fields.
    """
    works = [work for work in works if work.attempts]
    columns = [k for k, name in enumerate(exercise.field_names) if name in comparable(exercise)]
    if not works or not columns:
        return []
    starts = np.cumsum([0, *(len(work.attempts) for work in works[:-1])])
    first, last = _first_and_last(_letters(exercise, works)[:, columns] == WRONG, starts)
    student, column = np.nonzero(last >= 0)
    row = last[student, column]
    order = np.lexsort((column, first[student, column], student, _moments(works, row)))[-most:]  # the last key leads
    chosen = np.column_stack((student, row - starts[student], np.array(columns)[column]))[order]
    return [(works[who], place, exercise.field_names[which]) for who, place, which in chosen.tolist()]


def _letters(exercise: Exercise, works: Sequence[StudentWork]) -> NDArray[np.uint8]:
    """Return the verdicts of all attempts as codes of letters, shape (attempts, fields); blank where not graded."""
    width = len(exercise.field_names)
    written = "".join(letters.ljust(width) for work in works for letters in work.verdicts)
    return np.frombuffer(written.encode("ascii"), dtype=np.uint8).reshape(-1, width)


def _first_and_last(wrong: NDArray[np.bool_], starts: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the first and the last row in which a field is wrong, by student; shapes (students, fields).

    Args:
        wrong: shape (attempts, fields); the attempts of a student stand together.
        starts: the first row of each student.

    Returns:
        Where a field was never wrong, the number of attempts as the first, -1 as the last.
    """
    rows = np.arange(len(wrong), dtype=np.int32)[:, np.newaxis]
    first = np.minimum.reduceat(np.where(wrong, rows, np.int32(len(wrong))), starts)
    return first, np.maximum.reduceat(np.where(wrong, rows, np.int32(-1)), starts)


def _moments(works: Sequence[StudentWork], row: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return when the attempts of these rows were sent, as seconds, exact to the microsecond."""
    attempts = [one for work in works for one in work.attempts]
    rows, places = np.unique(row, return_inverse=True)  # several fields of one attempt are wrong at once
    return np.array([attempts[k].sent_at.timestamp() for k in rows.tolist()])[places]


def relative_values(exercise: Exercise, typed: Sequence[TypedAnswer]) -> list[WrongAnswer]:
    """Return where each answer lies: its ratio to the right value, for an updated weight the ratio of the changes.

    Where the right value (or change) is 0 it is the answer (or its change) itself. What is no number is left out.
    """
    by_field: defaultdict[str, list[tuple[TypedAnswer, Number]]] = defaultdict(list)
    for one in typed:
        number = _number(without_own_name(one.text, one.field))
        if number is not None:
            by_field[one.field].append((one, number))
    if not by_field:  # also where the exercise gives no weights, so that there are no right values
        return []
    right = _right(exercise, {name: [one for one, _ in answers] for name, answers in by_field.items()})
    return [wrong for name, answers in by_field.items() for wrong in _of_field(exercise, name, answers, right[name])]


Right: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]
"""The right value, and the weight before it for an update (else 0), for each answer of a field."""


def _of_field(
    exercise: Exercise, name: str, answers: Sequence[tuple[TypedAnswer, Number]], right: Right
) -> Iterator[WrongAnswer]:
    value, origin = right
    distance = value - origin
    entered = np.array([number.value for _, number in answers])
    rounded = np.array([number.half_unit for _, number in answers])
    places = (entered - origin) / np.where(distance == 0, 1.0, distance)
    widths = np.maximum(exercise.asked[name].tolerance.width(value, origin), rounded)
    widths = np.minimum(widths / np.where(distance == 0, 1.0, np.abs(distance)), WIDEST)
    for (one, _), place, width in zip(answers, places.tolist(), widths.tolist(), strict=True):
        yield WrongAnswer(one.user_id, one.submission_id, name, one.text.strip(), place, width)


def _right(exercise: Exercise, typed: Mapping[str, Sequence[TypedAnswer]]) -> dict[str, Right]:
    """Evaluated in one pass for all given values that there are."""
    everybody = [one for some in typed.values() for one in some]
    values = _values(exercise, everybody)
    found: dict[str, Right] = {}
    start = 0
    for name, some in typed.items():
        rows = slice(start, start + len(some))
        weight = exercise.before(name)
        found[name] = (values[name][rows], values[weight][rows] if weight else np.zeros(len(some)))
        start += len(some)
    return found


def _values(exercise: Exercise, typed: Sequence[TypedAnswer]) -> dict[str, NDArray[np.float64]]:
    """Every quantity for each answer's given values, shape (answers,)."""
    if all(one.givens is None for one in typed):
        return {name: np.broadcast_to(value, len(typed)) for name, value in exercise.reference.items()}
    columns = {
        given.name: np.array([(one.givens or {}).get(given.name, given.value) for one in typed])
        for given in exercise.givens
    }
    values = exercise.graph.evaluate(columns)
    return {name: np.broadcast_to(value, len(typed)) for name, value in values.items()}


@lru_cache(maxsize=10_000)
def _number(text: str) -> Number | None:
    try:
        return read_number(text)
    except Unreadable:
        return None
