from grader.web.api.answers import Answers
from grader.web.api.report_schema import ReportOut
from grader.web.api.schema import Incoming


class CheckIn(Incoming):
    """Answers to be judged at once."""

    answers: Answers


class CheckOut(ReportOut):
    """A report that is not stored."""

    exercise: str
    revision: str
