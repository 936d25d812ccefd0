"""The mistakes that a class makes."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from grader.analytics.records import StudentWork, WhichAttempt

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class MistakeTally:
    """One recognised mistake.

    Attributes:
        field: where it happens first in most of the submissions that have it.
        students: who made it in any attempt.
        still: of them, those whose mark is made of an attempt that has it.
        submissions: how many have it.
        examples: some of them, of different students.
    """

    id: str
    field: str
    students: int
    still: int
    submissions: int
    examples: tuple[UUID, ...]


def commonest(works: Sequence[StudentWork], order: Sequence[str]) -> tuple[MistakeTally, ...]:
    """Return all that were made, those of most students first.

    Args:
        works: one a student.
        order: names of the fields, in the order of the computation.
    """
    first = _First({name: place for place, name in enumerate(order)})
    found: defaultdict[str, _Found] = defaultdict(_Found)
    for work in works:
        for mistake, (still, fields, example) in _of(work, first).items():
            found[mistake].add(still=still, fields=fields, example=example)
    tallies = [one.tally(mistake, first.places) for mistake, one in found.items()]
    return tuple(sorted(tallies, key=lambda one: (-one.students, -one.submissions, one.id)))


class _Found:
    def __init__(self) -> None:
        self.students = self.still = 0
        self.fields: Counter[str] = Counter()
        self.examples: list[UUID] = []

    def add(self, *, still: bool, fields: list[str], example: UUID) -> None:
        self.students += 1
        self.still += still
        self.fields.update(fields)
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)

    def tally(self, mistake: str, places: Mapping[str, int]) -> MistakeTally:
        first = min(self.fields, key=lambda name: (-self.fields[name], places.get(name, len(places))))
        total = self.fields.total()
        return MistakeTally(mistake, first, self.students, self.still, total, tuple(self.examples))


class _First:
    """Where each mistake of a submission comes first; worked out once for all that have the same ones."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self.places = places
        self._known: dict[int, Mapping[str, str]] = {}

    def fields(self, mistakes: Mapping[str, str]) -> Mapping[str, str]:
        """Give field by mistake; `mistakes` lives as long as this does."""
        known = self._known.get(id(mistakes))
        if known is None:
            known = {}
            for field, mistake in sorted(mistakes.items(), key=lambda pair: self.places.get(pair[0], len(self.places))):
                known.setdefault(mistake, field)
            self._known[id(mistakes)] = known
        return known


def _of(work: StudentWork, first: _First) -> dict[str, tuple[bool, list[str], UUID]]:
    """What one student did: each mistake with whether it counts, where it came first, and the newest example."""
    chosen = work.chosen(WhichAttempt.COUNTED)
    made: dict[str, tuple[bool, list[str], UUID]] = {}
    for k, mistakes in enumerate(work.mistakes):
        for mistake, field in first.fields(mistakes).items() if mistakes else ():
            still, fields, _ = made.get(mistake, (False, list[str](), None))
            fields.append(field)
            made[mistake] = (still or k == chosen, fields, work.attempts[k].submission_id)
    return made
