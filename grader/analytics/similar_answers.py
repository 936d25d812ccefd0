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
    """One unexplained answer; at most one for each student and field.

    Attributes:
        text: as typed.
        place: its position relative to the correct value, independent of individual given values: 1 for the correct
            value, 0 for 0, -1 for the wrong sign.
        width: half the distance within which two positions are considered equal.
    """

    user_id: int
    submission_id: UUID
    field: str
    text: str
    place: float
    width: float


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """Answers at the same position; `text` is the most frequent one."""

    field: str
    place: float
    width: float
    text: str
    submission_ids: tuple[UUID, ...]

    @property
    def students(self) -> int:
        """The number of students."""
        return len(self.submission_ids)


def similar_answers(wrongs: Sequence[WrongAnswer], most: int = 5) -> tuple[AnswerGroup, ...]:
    """Return the largest groups of at least two students, at most one a field, largest first."""
    by_field: defaultdict[str, list[WrongAnswer]] = defaultdict(list)
    for wrong in wrongs:
        by_field[wrong.field].append(wrong)
    found = [_largest(field, sorted(some, key=attrgetter("place"))) for field, some in by_field.items()]
    shared = sorted((group for group in found if group.students >= FEWEST), key=lambda group: -group.students)
    return tuple(shared[:most])


def answers_near(wrongs: Sequence[WrongAnswer], field: str, place: float) -> tuple[UUID, ...]:
    """Return the submissions with an answer at this position."""
    return tuple(
        wrong.submission_id for wrong in wrongs if wrong.field == field and abs(wrong.place - place) <= wrong.width
    )


def _largest(field: str, ordered: Sequence[WrongAnswer]) -> AnswerGroup:
    """Return the largest set of answers that lie within the width of one of them."""
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
"""The largest width: an answer with few digits is not similar to everything around it."""


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """A student's typed text in a field; `givens` if they are individual."""

    user_id: int
    submission_id: UUID
    field: str
    text: str
    givens: Mapping[str, float] | None = None


def comparable(exercise: Exercise) -> frozenset[str]:
    """Return the fields whose wrong answers can be compared: numbers computed by the network."""
    return frozenset(name for name, field in exercise.asked.items() if field.kind is FieldKind.NUMBER)


WRONG = ord(LETTERS[Verdict.WRONG])


def newest_wrong(exercise: Exercise, works: Sequence[StudentWork], most: int) -> list[tuple[StudentWork, int, str]]:
    """Return the newest wrong answer of each comparable student and field, limited to the newest of those.

    Args:
        exercise: gives the fields.
        works: one for each student.
        most: the limit.

    Returns:
        The student's work, the index of the attempt in it, the name of the field; oldest first. Equal times are ordered
        by student, then by the attempt in which the field was wrong first, then by field.
    """
    works = [work for work in works if work.attempts]
    columns = [k for k, name in enumerate(exercise.field_names) if name in comparable(exercise)]
    if not works or not columns:
        return []
    starts = np.cumsum([0, *(len(work.attempts) for work in works[:-1])])
    first, last = _first_and_last(_letters(exercise, works)[:, columns] == WRONG, starts)
    student, column = np.nonzero(last >= 0)
    row = last[student, column]
    order = np.lexsort((column, first[student, column], student, _moments(works, row)))[-most:]  # primary key last
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
    """Return the position of each answer: its ratio to the correct value; for updated weights, of the changes.

    If the correct value (or change) is 0, it is the answer (or its change) itself. Text that is not a number is left
    out.
    """
    by_field: defaultdict[str, list[tuple[TypedAnswer, Number]]] = defaultdict(list)
    for one in typed:
        number = _number(without_own_name(one.text, one.field))
        if number is not None:
            by_field[one.field].append((one, number))
    if not by_field:  # also if the exercise gives no weights, and therefore no correct values
        return []
    right = _right(exercise, {name: [one for one, _ in answers] for name, answers in by_field.items()})
    return [wrong for name, answers in by_field.items() for wrong in _of_field(exercise, name, answers, right[name])]


Right: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]
"""For each answer of a field the correct value, and the weight before the update (else 0)."""


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
    """Evaluate the correct values in one pass for all given values."""
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
    """Return every quantity for each answer's given values, shape (answers,)."""
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
