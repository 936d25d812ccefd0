"""Wrong answers that no mistake explains and that several students share: where a mistake may be missing from the table."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

FEWEST = 2


@dataclass(frozen=True, slots=True)
class Wrong:
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
class Group:
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


def groups(wrongs: Sequence[Wrong], most: int = 5) -> tuple[Group, ...]:
    """Return the largest groups of two students or more, one a field at most, the largest first."""
    by_field: defaultdict[str, list[Wrong]] = defaultdict(list)
    for wrong in wrongs:
        by_field[wrong.field].append(wrong)
    found = [_largest(field, sorted(some, key=attrgetter("place"))) for field, some in by_field.items()]
    shared = sorted((group for group in found if group.students >= FEWEST), key=lambda group: -group.students)
    return tuple(shared[:most])


def near(wrongs: Sequence[Wrong], field: str, place: float) -> tuple[UUID, ...]:
    """Return the submissions whose answer lies at a place."""
    return tuple(
        wrong.submission_id for wrong in wrongs if wrong.field == field and abs(wrong.place - place) <= wrong.width
    )


def _largest(field: str, ordered: Sequence[Wrong]) -> Group:
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
    return Group(field, wrong.place, wrong.width, text, tuple(member.submission_id for member in members))
