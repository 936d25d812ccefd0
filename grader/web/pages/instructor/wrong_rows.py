"""What goes wrong: recognised mistakes, and unexplained answers that several students share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from grader.sayings.mistakes import title_of
from grader.services.analysis.alike import Group
from grader.services.analysis.mistakes import MistakeTally
from grader.services.analysis.selection import Mistaken
from grader.web.language import language
from grader.web.pages.filters import decimal
from grader.web.pages.instructor.behind import behind_group
from grader.web.pages.instructor.charts import Address

NEAR = 0.01


@dataclass(frozen=True, slots=True)
class MistakeRow:
    """One mistake; `width` is its bar, in percent of the commonest."""

    id: str
    title: str
    field: str
    label: str
    students: int
    still: int
    submissions: int
    width: float
    url: str
    examples: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Answers that are alike and that nothing explains."""

    field: str
    label: str
    text: str
    where: str
    students: int
    width: float
    url: str


def mistake_rows(
    tallies: Sequence[MistakeTally], labels: Mapping[str, str], address: Address
) -> tuple[MistakeRow, ...]:
    """Put the mistakes in words, the commonest first."""
    most = max((tally.students for tally in tallies), default=1)
    return tuple(
        MistakeRow(
            id=tally.id,
            title=title_of(tally.id, language()),
            field=tally.field,
            label=labels.get(tally.field, tally.field),
            students=tally.students,
            still=tally.still,
            submissions=tally.submissions,
            width=round(100 * tally.students / most, 1),
            url=address(Mistaken(tally.id)),
            examples=tally.examples,
        )
        for tally in tallies
    )


def group_rows(
    groups: Sequence[Group], labels: Mapping[str, str], most: int, assignment_id: int
) -> tuple[GroupRow, ...]:
    """Name the groups; `most` is what the longest bar stands for."""
    return tuple(
        GroupRow(
            field=group.field,
            label=labels[group.field],
            text=group.text,
            where=_where(group.place),
            students=group.students,
            width=round(min(100.0, 100 * group.students / max(1, most)), 1),
            url=behind_group(assignment_id, group.field, group.place),
        )
        for group in groups
    )


def _where(place: float) -> str:
    """Where answers lie, seen from the right one."""
    if abs(place - 1) < NEAR:
        return _("nearly the right value")
    return _("%(ratio)s times the right value", ratio=decimal(f"{place:.4g}"))
