"""Exercises in REST: questions and given values, never correct answers; and immediate checks."""

from datetime import datetime
from typing import Self

from flask import request
from pydantic import Field

from grader.catalog.load import LoadedExercise
from grader.judging.answers import read_answers
from grader.judging.errors import UnreadableAnswers
from grader.judging.exercise import FieldKind
from grader.judging.variants import variant
from grader.services.accounts.authentication import Principal, Scope
from grader.services.assignments.assignments import CourseAssignment
from grader.services.submissions.variants import LearnerVariant
from grader.web.api import inputs
from grader.web.api.requests import AssignmentAsked, Ref
from grader.web.api.routing import Reply, operation
from grader.web.api.schemas import CheckOut, RequestBody, RequestQuery, ResponseBody
from grader.web.dependencies import web_services
from grader.web.exercises import judge_now, learner_variant


class AskedField(ResponseBody):
    """One field to fill in; `label` is LaTeX, `variables` are the names that a formula may use."""

    name: str
    label: str
    points: float
    kind: FieldKind
    variables: list[str]


class PartOut(ResponseBody):
    """Fields that belong together."""

    id: str
    title: str
    points: float
    fields: list[AskedField]
    upload: str | None = Field(description="Name of the upload that can provide all fields of the group.")


class GivenOut(ResponseBody):
    """A given value; `label` is LaTeX."""

    name: str
    label: str
    value: float


class ExerciseSummary(ResponseBody):
    """One exercise in the catalogue."""

    slug: str
    title: str
    revision: str
    max_points: float
    languages: list[str]


class ExerciseList(ResponseBody):
    """The catalogue, in the order of slugs."""

    items: list[ExerciseSummary]


class ExerciseAsked(RequestQuery):
    """Selects the given values."""

    learner_ref: Ref | None = Field(default=None, description="Return the given values of this learner.")
    assignment: AssignmentAsked | None = Field(
        default=None, description="Return the exercise and given values used for grading this assignment."
    )
    seed: inputs.SeedAsked | None = Field(default=None, description=inputs.SEED_DESCRIPTION)


class ExerciseOut(ExerciseSummary):
    """An exercise. `statement` is Markdown with formulas between dollar signs, in `language`."""

    language: str
    statement: str
    parts: list[PartOut]
    fields: list[AskedField]
    givens: list[GivenOut]
    varies: bool = Field(description="Whether given values are drawn for each learner.")
    redrawn_at: datetime | None = Field(
        description="When this learner's values were redrawn because a changed exercise no longer allowed the earlier "
        "ones."
    )

    @classmethod
    def of(cls, printed: LoadedExercise, language: str, own: LearnerVariant | None) -> Self:
        """Convert questions and given values, in a language of the exercise, with a learner's own values if any."""
        published = printed if own is None else printed.with_values(own.givens)
        exercise = published.exercise
        return cls(
            **exercise_summary(published).model_dump(),
            language=language,
            statement=published.statement(language),
            parts=[PartOut.model_validate(part) for part in exercise.parts],
            fields=[AskedField.model_validate(field) for field in exercise.fields],
            givens=[GivenOut.model_validate(given) for given in exercise.givens],
            varies=exercise.vary is not None,
            redrawn_at=None if own is None else own.redrawn_at,
        )


def exercise_summary(published: LoadedExercise) -> ExerciseSummary:
    """Return the line of the catalogue."""
    return ExerciseSummary(
        slug=published.slug,
        title=published.title,
        revision=published.revision,
        max_points=published.exercise.max_points,
        languages=sorted(published.statements),
    )


class CheckIn(RequestBody):
    """Answers to be judged immediately."""

    answers: inputs.Answers
    seed: inputs.SeedSent | None = Field(default=None, description=inputs.SEED_DESCRIPTION)


FIRST_LANGUAGE = "en"


@operation("GET", "/exercises")
def list_exercises() -> Reply[ExerciseList]:
    """List the exercises."""
    return Reply(ExerciseList(items=[exercise_summary(published) for published in web_services().catalog]))


@operation(
    "GET",
    "/exercises/<slug>",
    refuses=frozenset({403, 409}),
    reads=("Accept-Language",),
    sends=("Content-Language",),
)
def show_exercise(caller: Principal, query: ExerciseAsked, slug: str) -> Reply[ExerciseOut]:
    """Return an exercise: its statement, questions and given values, never correct answers.

    If given values are drawn for each learner, these are the printed ones, unless a learner is named; a student's own
    token need not name its learner. They are drawn when they are first read, and then kept.

    With `assignment`, the exercise is returned as that assignment asks it, with the learner's values there.
    """
    published = web_services().catalog.find(slug)
    language = _language(published)
    at = (
        None
        if query.assignment is None
        else inputs.assignment_of(caller, query.assignment, slug, parameter="assignment")
    )
    if at is not None:
        published = inputs.as_assigned(published, at)
    own = _variant(caller, query, published, at)
    return Reply(ExerciseOut.of(published, language, own), {"Content-Language": language})


@operation("POST", "/exercises/<slug>/check", scope=Scope.CHECK)
def check(caller: Principal, slug: str, body: CheckIn) -> Reply[CheckOut]:
    """Judge answers immediately and store nothing.

    The report reveals correct answers, so this needs a scope that learners do not have.
    """
    published = web_services().catalog.find(slug)
    own = None if body.seed is None else inputs.variant_for_seed(caller, published, body.seed)
    exercise = variant(published.exercise, None if own is None else own.givens)
    entries = inputs.entries_of(exercise, body.answers)
    answers = read_answers(exercise, entries)
    if answers.problems:
        raise UnreadableAnswers(answers.problems)
    report = judge_now(exercise, answers)
    return Reply(CheckOut.of(report, entries, exercise=published.slug, revision=published.revision))


def _variant(
    caller: Principal, query: ExerciseAsked, published: LoadedExercise, at: CourseAssignment | None
) -> LearnerVariant | None:
    learner = inputs.named_learner(caller, query.learner_ref)
    if query.seed is not None:
        return inputs.variant_for_seed(caller, published, query.seed)
    if at is not None:
        return inputs.variant_asked_for(caller, query.learner_ref, published, at)
    return None if learner is None else learner_variant(published, learner)


def _language(published: LoadedExercise) -> str:
    """Return the language that the client prefers; English, or any other, if none of its languages exists."""
    known = sorted(published.statements, key=lambda language: (language != FIRST_LANGUAGE, language))
    return request.accept_languages.best_match(known) or known[0]
