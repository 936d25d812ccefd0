"""Exercises as used by both pages and API: a learner's own values, and immediate judging."""

from dataclasses import replace
from uuid import uuid4

import structlog
from flask import request
from flask_babel import gettext as _

from grader.catalog.load import LoadedExercise
from grader.judging.answers import ReadAnswers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.services.assignments.assignments import CourseAssignment
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.variants import LearnerVariant, variant_for
from grader.web.dependencies import web_services
from grader.web.problem import ProblemError


def learner_variant(
    published: LoadedExercise, learner: LearnerKey, assignment_id: int | None = None
) -> LearnerVariant | None:
    """Return a learner's own values at an exercise or assignment, drawn on first use; None if nothing is drawn."""
    services = web_services()
    secret = services.settings.secret_key.get_secret_value()
    now = services.clock()
    return variant_for(services.sessions, published, learner, secret, now, assignment_id=assignment_id)


def variant_at_assignment(
    published: LoadedExercise, learner: LearnerKey, assignment: CourseAssignment
) -> LearnerVariant | None:
    """Return a learner's own values at an assignment; None if everybody has the printed ones."""
    return learner_variant(published, learner, assignment.id) if assignment.policy.variants else None


log = structlog.get_logger(__name__)


def judge_now(exercise: Exercise, answers: ReadAnswers) -> Report:
    """Judge answers during the request; stores nothing.

    Raises:
        ProblemError: 503 if judging raises, which is our fault; the log has the rest under the incident's id.
    """
    try:
        return judge(exercise, [answers])[0]
    except Exception as error:  # any exception is our fault
        incident = uuid4().hex
        log.exception("answers could not be judged", incident=incident, path=request.path)
        refused = ProblemError(
            "not-judged",
            _(
                "These answers could not be graded because of an error on our side. Nothing is stored and no "
                "attempt is counted. Try again. It has been recorded as incident %(incident)s.",
                incident=incident,
            ),
        )
        refused.problem = replace(refused.problem, incident=incident)
        raise refused from error
