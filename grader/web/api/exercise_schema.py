"""An exercise as the API tells it: what is asked and given, never what is right."""

from typing import Self

from grader.catalog.load import Published
from grader.checking.exercise import FieldKind
from grader.web.api.schema import Outgoing


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


class ExerciseOut(ExerciseSummary):
    """An exercise. `statement` is Markdown with formulas between dollars, in `language`."""

    language: str
    statement: str
    parts: list[PartOut]
    fields: list[AskedField]
    givens: list[GivenOut]

    @classmethod
    def of(cls, published: Published, language: str) -> Self:
        """Tell what is asked and given, in a language that the exercise has."""
        exercise = published.exercise
        return cls(
            **summary(published).model_dump(),
            language=language,
            statement=published.statements[language],
            parts=[PartOut.model_validate(part) for part in exercise.parts],
            fields=[AskedField.model_validate(field) for field in exercise.fields],
            givens=[GivenOut.model_validate(given) for given in exercise.givens],
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
