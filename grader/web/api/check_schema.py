from pydantic import Field

from grader.web.api.answers import Answers
from grader.web.api.schema import Incoming
from grader.web.api.seed import WORDS, SeedSent


class CheckIn(Incoming):
    """Answers to be judged at once."""

    answers: Answers
    seed: SeedSent | None = Field(default=None, description=WORDS)
