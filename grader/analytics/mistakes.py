"""The mistakes that a class makes."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from grader.analytics.records import StudentWork, WhichAttempt

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class MistakeTally:
    """One recognised mistake.

    Attributes:
        field: where it appears first in most of the submissions with it.
        students: those who made it in any attempt.
        still: those among them whose mark comes from an attempt with it.
        submissions: the number of submissions with it.
        examples: some of them, of different students.
    """

    id: str
    field: str
    students: int
    still: int
    submissions: int
    examples: tuple[UUID, ...]


def commonest(works: Sequence[StudentWork], order: Sequence[str]) -> tuple[MistakeTally, ...]:
    """Return all mistakes, those of most students first.

    Args:
        works: one for each student.
        order: names of the fields, in order of computation.
    """
    places = {name: place for place, name in enumerate(order)}
    distinct = _distinct(works, places)
    found: defaultdict[str, _Found] = defaultdict(_Found)
    for one in distinct.values():
        for mistake, name in one.fields.items():
            found[mistake].fields[name] += one.submissions
    for work in works:
        _count_student(work, distinct, found)
    tallies = [one.tally(mistake, places) for mistake, one in found.items()]
    return tuple(sorted(tallies, key=lambda one: (-one.students, -one.submissions, one.id)))


@dataclass(slots=True)
class _Distinct:
    """Equal mistakes in equal fields, shared by many submissions; `fields` is where each mistake appears first."""

    fields: Mapping[str, str]
    submissions: int = 0


@dataclass(slots=True)
class _Found:
    students: int = 0
    still: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    examples: list[UUID] = field(default_factory=list)

    def tally(self, mistake: str, places: Mapping[str, int]) -> MistakeTally:
        first = min(self.fields, key=lambda name: (-self.fields[name], places.get(name, len(places))))
        total = self.fields.total()
        return MistakeTally(mistake, first, self.students, self.still, total, tuple(self.examples))


def _distinct(works: Sequence[StudentWork], places: Mapping[str, int]) -> Mapping[int, _Distinct]:
    """Count the submissions with the same mistakes, by the identity of the mapping that they share."""
    made = [mistakes for work in works for mistakes in work.mistakes if mistakes]
    counted = Counter(map(id, made))
    shared = {id(mistakes): mistakes for mistakes in made}
    return {key: _Distinct(_first_fields(mistakes, places), counted[key]) for key, mistakes in shared.items()}


def _first_fields(mistakes: Mapping[str, str], places: Mapping[str, int]) -> Mapping[str, str]:
    """Return the first field of each mistake in the order of the computation."""
    fields: dict[str, str] = {}
    for name, mistake in sorted(mistakes.items(), key=lambda pair: places.get(pair[0], len(places))):
        fields.setdefault(mistake, name)
    return fields


def _count_student(work: StudentWork, distinct: Mapping[int, _Distinct], found: Mapping[str, _Found]) -> None:
    """Count a student once for each mistake."""
    made = {id(mistakes) for mistakes in work.mistakes if mistakes}
    chosen = work.chosen(WhichAttempt.COUNTED)
    still = {} if chosen is None else work.mistakes[chosen]
    for mistake in set[str]().union(*(distinct[key].fields for key in made)):
        one = found[mistake]
        one.students += 1
        one.still += mistake in still.values()
        if len(one.examples) < EXAMPLES:
            one.examples.append(_newest(work, mistake))


def _newest(work: StudentWork, mistake: str) -> UUID:
    """Return the newest submission of a student that has a mistake."""
    place = max(place for place, mistakes in enumerate(work.mistakes) if mistake in mistakes.values())
    return work.attempts[place].submission_id
