from pydantic import Field

from grader.web.api.answers import Answers
from grader.web.api.report_schema import ReportOut
from grader.web.api.schema import Incoming
from grader.web.api.seed import WORDS, SeedSent


class CheckIn(Incoming):
    """Answers to be judged at once."""

    answers: Answers
    seed: SeedSent | None = Field(default=None, description=WORDS)


class CheckOut(ReportOut):
    """A report that is not stored."""

    exercise: str
    revision: str
