"""An exercise as the API tells it: what is asked and given, never what is right."""

from datetime import datetime
from typing import Self

from pydantic import Field

from grader.catalog.load import Published
from grader.checking.exercise import FieldKind
from grader.services.vary import OwnValues
from grader.web.api.numbers import AssignmentAsked
from grader.web.api.schema import Asked, Outgoing
from grader.web.api.seed import WORDS, SeedAsked
from grader.web.api.text import Ref


class AskedField(Outgoing):
    """One thing to fill in; `label` is LaTeX, `variables` are the names that a formula may use."""

    name: str
    label: str
    points: float
    kind: FieldKind
    variables: list[str]


class PartOut(Outgoing):
    """Fields that are asked together."""

    id: str
    title: str
    points: float
    fields: list[AskedField]
    upload: str | None = Field(description="Name of the place for a file that may hold all of it.")


class GivenOut(Outgoing):
    """A value that the statement gives; `label` is LaTeX."""

    name: str
    label: str
    value: float


class ExerciseSummary(Outgoing):
    """One line of the catalogue."""

    slug: str
    title: str
    revision: str
    max_points: float
    languages: list[str]


class ExerciseList(Outgoing):
    """The catalogue, in the order of the slugs."""

    items: list[ExerciseSummary]


class ExerciseAsked(Asked):
    """Whose given values to tell."""

    learner_ref: Ref | None = Field(default=None, description="Tell the values of this learner of yours.")
    assignment: AssignmentAsked | None = Field(
        default=None, description="Tell the exercise and the values by which answers to this assignment are judged."
    )
    seed: SeedAsked | None = Field(default=None, description=WORDS)


class ExerciseOut(ExerciseSummary):
    """An exercise. `statement` is Markdown with formulas between dollars, in `language`."""

    language: str
    statement: str
    parts: list[PartOut]
    fields: list[AskedField]
    givens: list[GivenOut]
    varies: bool = Field(description="Whether given values are drawn for each learner.")
    redrawn_at: datetime | None = Field(
        description="When this learner's values were drawn anew, where the exercise was changed so that the former "
        "ones no longer fit."
    )

    @classmethod
    def of(cls, printed: Published, language: str, own: OwnValues | None) -> Self:
        """Tell what is asked and given, in a language that the exercise has, with a learner's own values if any."""
        published = printed if own is None else printed.with_values(own.givens)
        exercise = published.exercise
        return cls(
            **summary(published).model_dump(),
            language=language,
            statement=published.statement(language),
            parts=[PartOut.model_validate(part) for part in exercise.parts],
            fields=[AskedField.model_validate(field) for field in exercise.fields],
            givens=[GivenOut.model_validate(given) for given in exercise.givens],
            varies=exercise.vary is not None,
            redrawn_at=None if own is None else own.redrawn_at,
        )


def summary(published: Published) -> ExerciseSummary:
    """Give the line of the catalogue."""
    return ExerciseSummary(
        slug=published.slug,
        title=published.title,
        revision=published.revision,
        max_points=published.exercise.max_points,
        languages=sorted(published.statements),
    )
