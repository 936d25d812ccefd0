from flask import request

from grader.catalog.load import Published
from grader.checking.answers import read
from grader.checking.errors import UnreadableAnswers
from grader.checking.judge import judge
from grader.services.principal import Scope
from grader.web.api.answers import entries_of
from grader.web.api.check_schema import CheckIn, CheckOut
from grader.web.api.exercise_schema import ExerciseList, ExerciseOut, summary
from grader.web.api.operation import Reply, operation
from grader.web.wiring import web_services

FIRST_LANGUAGE = "en"


@operation("GET", "/exercises")
def list_exercises() -> Reply[ExerciseList]:
    """List the exercises."""
    return Reply(ExerciseList(items=[summary(published) for published in web_services().catalog]))


@operation("GET", "/exercises/<slug>", reads=("Accept-Language",), sends=("Content-Language",))
def show_exercise(slug: str) -> Reply[ExerciseOut]:
    """Give an exercise: its statement, what it asks and what it gives, never what is right."""
    published = web_services().catalog.find(slug)
    language = _language(published)
    return Reply(ExerciseOut.of(published, language), {"Content-Language": language})


@operation("POST", "/exercises/<slug>/check", scope=Scope.CHECK)
def check(slug: str, body: CheckIn) -> Reply[CheckOut]:
    """Judge answers at once and store nothing.

    The report tells what is right, so this needs a scope that learners do not have.
    """
    published = web_services().catalog.find(slug)
    entries = entries_of(published.exercise, body.answers)
    answers = read(published.exercise, entries)
    if answers.problems:
        raise UnreadableAnswers(answers.problems)
    report = judge(published.exercise, [answers])[0]
    return Reply(CheckOut.of(report, entries, exercise=published.slug, revision=published.revision))


def _language(published: Published) -> str:
    """Choose the language that the client likes best; English, or any, where it likes none that there is."""
    known = sorted(published.statements, key=lambda language: (language != FIRST_LANGUAGE, language))
    return request.accept_languages.best_match(known) or known[0]
