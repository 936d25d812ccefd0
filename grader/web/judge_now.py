from dataclasses import replace
from uuid import uuid4

import structlog
from flask import request
from flask_babel import gettext as _

from grader.checking.answers import ReadAnswers
from grader.checking.exercise import Exercise
from grader.checking.judge import judge
from grader.checking.report import Report
from grader.web.problem import ProblemError

log = structlog.get_logger(__name__)


def judge_now(exercise: Exercise, answers: ReadAnswers) -> Report:
    """Judge answers while their sender waits; nothing is stored.

    Raises:
        ProblemError: 503 where judging raises, which is our fault; the log has the rest under the incident's id.
    """
    try:
        return judge(exercise, [answers])[0]
    except Exception as error:  # whatever it is: a worker would set the answers aside, and charge no attempt either
        incident = uuid4().hex
        log.exception("answers could not be judged", incident=incident, path=request.path)
        refused = ProblemError(
            "not-judged",
            _(
                "These answers could not be judged. This is our fault: nothing is stored, and no attempt is counted. "
                "Please try again. It is noted as incident %(incident)s.",
                incident=incident,
            ),
        )
        refused.problem = replace(refused.problem, incident=incident)
        raise refused from error
