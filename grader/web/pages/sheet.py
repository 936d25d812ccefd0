"""An exercise as a page lays it out to be answered; it knows nothing of who asks, so that a preview can show it too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from grader.catalog.load import Published
from grader.checking.answers import Entry
from grader.checking.errors import AnswerProblem
from grader.checking.exercise import FieldKind
from grader.web.language import LANGUAGES
from grader.web.pages import form
from grader.web.pages.figure.drawing import Figure, figure_of
from grader.web.pages.form import Complaint, Group
from grader.web.pages.grid import Grid, grid_of


@dataclass(frozen=True, slots=True)
class Reading:
    """The statement's language, and the others that it can be read in: tag and name."""

    language: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that stands on the page but where it is sent to.

    Attributes:
        published: with the values of whoever answers.
        figure: its network.
        groups: the fields, part by part, with what was typed.
        grid: the same as a table, where the exercise is one.
        problems: what could not be read.
        reading: the language of the statement.
        redrawn_at: when the values were drawn anew, if they were.
    """

    published: Published
    figure: Figure
    groups: tuple[Group, ...]
    grid: Grid | None
    problems: tuple[Complaint, ...]
    reading: Reading
    redrawn_at: datetime | None = None

    @property
    def kinds(self) -> frozenset[FieldKind]:
        """What is to be typed here."""
        return frozenset(field.kind for field in self.published.exercise.fields)


def sheet_of(
    published: Published,
    reading: Reading,
    typed: Mapping[str, Entry],
    problems: Iterable[AnswerProblem] = (),
    *,
    redrawn_at: datetime | None = None,
) -> Sheet:
    """Lay an exercise out.

    Args:
        published: with the values of whoever answers.
        reading: the language of the statement.
        typed: what stands in the fields.
        problems: what of it can't be read.
        redrawn_at: when the values were drawn anew, if they were.
    """
    problems = tuple(problems)
    groups = form.groups(published.exercise, typed, problems)
    return Sheet(
        published=published,
        figure=figure_of(published.exercise),
        groups=groups,
        grid=grid_of(published.exercise, groups),
        problems=form.complaints(published.exercise, problems),
        reading=reading,
        redrawn_at=redrawn_at,
    )


def reading_of(published: Published, wanted: str) -> Reading:
    """The statement in the language that is wanted where there is one, else in English; and what else there is."""
    spoken = published.spoken(wanted)
    others = ((tag, LANGUAGES[tag]) for tag in published.statements if tag in LANGUAGES and tag != spoken)
    return Reading(spoken, tuple(others))
