from flask import request

from grader.catalog.load import Published
from grader.checking.answers import read
from grader.checking.errors import UnreadableAnswers
from grader.checking.variant import variant
from grader.services.assignment import Assignment
from grader.services.principal import Principal, Scope
from grader.services.vary import OwnValues
from grader.web.api.answers import entries_of
from grader.web.api.assigned import as_assigned, assignment_of, values_asked
from grader.web.api.check_schema import CheckIn
from grader.web.api.exercise_schema import ExerciseAsked, ExerciseList, ExerciseOut, summary
from grader.web.api.learner import named_learner
from grader.web.api.operation import Reply, operation
from grader.web.api.report_schema import CheckOut
from grader.web.api.seed import chosen
from grader.web.judge_now import judge_now
from grader.web.own_values import values_of
from grader.web.wiring import web_services

FIRST_LANGUAGE = "en"


@operation("GET", "/exercises")
def list_exercises() -> Reply[ExerciseList]:
    """List the exercises."""
    return Reply(ExerciseList(items=[summary(published) for published in web_services().catalog]))


@operation(
    "GET",
    "/exercises/<slug>",
    refuses=frozenset({403, 409}),
    reads=("Accept-Language",),
    sends=("Content-Language",),
)
def show_exercise(caller: Principal, query: ExerciseAsked, slug: str) -> Reply[ExerciseOut]:
    """Give an exercise: its statement, what it asks and what it gives, never what is right.

    Where given values are drawn for each learner, these are the printed ones, unless a learner is named; a student's
    own token need not name its learner. They are drawn at the first look and then stay.

    With `assignment` the exercise is as that assignment asks it, with the learner's values there.
    """
    published = web_services().catalog.find(slug)
    language = _language(published)
    at = None if query.assignment is None else assignment_of(caller, query.assignment, slug, parameter="assignment")
    if at is not None:
        published = as_assigned(published, at)
    own = _values(caller, query, published, at)
    return Reply(ExerciseOut.of(published, language, own), {"Content-Language": language})


@operation("POST", "/exercises/<slug>/check", scope=Scope.CHECK)
def check(caller: Principal, slug: str, body: CheckIn) -> Reply[CheckOut]:
    """Judge answers at once and store nothing.

    The report tells what is right, so this needs a scope that learners do not have.
    """
    published = web_services().catalog.find(slug)
    own = None if body.seed is None else chosen(caller, published, body.seed)
    exercise = variant(published.exercise, None if own is None else own.givens)
    entries = entries_of(exercise, body.answers)
    answers = read(exercise, entries)
    if answers.problems:
        raise UnreadableAnswers(answers.problems)
    report = judge_now(exercise, answers)
    return Reply(CheckOut.of(report, entries, exercise=published.slug, revision=published.revision))


def _values(caller: Principal, query: ExerciseAsked, published: Published, at: Assignment | None) -> OwnValues | None:
    learner = named_learner(caller, query.learner_ref)
    if query.seed is not None:
        return chosen(caller, published, query.seed)
    if at is not None:
        return values_asked(caller, query.learner_ref, published, at)
    return None if learner is None else values_of(published, learner)


def _language(published: Published) -> str:
    """Choose the language that the client likes best; English, or any, where it likes none that there is."""
    known = sorted(published.statements, key=lambda language: (language != FIRST_LANGUAGE, language))
    return request.accept_languages.best_match(known) or known[0]
