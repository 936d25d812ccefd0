"""A regrade of a whole assignment, beside a loop that grades one submission after the other again.

Each runs in a process of its own, so that its memory can be measured: `python -m bench.regrading grader|naive` prints
seconds, submissions and the peak of its memory as JSON. The regrade is judged and applied; the loop is the naive
pipeline's (bench/pipelines/naive.py), which marks sixteen fields and searches for no mistakes.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.class_of_many import Made, Size, make_class
from bench.pipelines.running import CHECKOUT, EXERCISES
from bench.pipelines.sheets import SLUG
from bench.ratios import Ratio, least, most
from grader.addresses import sqlalchemy_url
from grader.catalog.load import load_catalog
from grader.judging.judge import judge
from grader.judging.overrides import Overrides
from grader.services.accounts.authentication import SignedIn
from grader.services.courses.membership import InstructorOf, in_course
from grader.services.grading.context import GradeLimits, GradingContext, Revisions
from grader.services.regrading.regrades import Proposal, apply_regrade, find_regrade, propose
from grader.services.regrading.worker import regrade_some
from grader.store.database import Sessions, connect
from grader.store.migrate import upgrade
from grader.vocabulary import RegradeState, Role

WIDER = Overrides.from_json({"tolerance": {"relative": 0.05}})
EACH_STUDENT, LOOPED = 20, 1000


@dataclass(frozen=True, slots=True)
class Regraded:
    """What a process reports: wall seconds, submissions, and the peak of its memory in MB."""

    seconds: float
    submissions: int
    megabytes: float

    @property
    def each(self) -> float:
        """Seconds for each submission."""
        return self.seconds / self.submissions


def ratios(create_database: Callable[[str], str], naive_url: str, submissions: int) -> list[Ratio]:
    """Measure a regrade of so many submissions, in a database of its own, and the loop in the naive pipeline's."""
    url = create_database("regrade")
    upgrade(sqlalchemy_url(url))
    sessions, catalog = connect(sqlalchemy_url(url)), load_catalog(EXERCISES)
    made = make_class(sessions, catalog.find(SLUG), Size(max(1, submissions // EACH_STUDENT), submissions))
    sessions.kw["bind"].dispose()
    regraded = _measured("grader", url, str(made.course_id), str(made.assignment_id), str(made.instructor_id))
    looped = _measured("naive", naive_url, str(LOOPED))
    return [
        least(f"regrade of {submissions:,} against one by one", looped.each / regraded.each, 50.0),
        most(f"memory of a regrade of {submissions:,}", regraded.megabytes, 200.0, "MB"),
    ]


def _measured(*arguments: str) -> Regraded:
    command = [sys.executable, "-m", "bench.regrading", *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    return Regraded(**json.loads(done.stdout.splitlines()[-1]))


def regrade(sessions: Sessions, made: Made) -> int:
    """Propose a regrade, judge it, apply it; return how many submissions it had."""
    catalog = load_catalog(EXERCISES)
    context = GradingContext(sessions, Revisions(catalog, sessions), lambda: datetime.now(UTC), GradeLimits(), judge)
    with sessions.begin() as session:
        by = _instructor(sessions, made)
        regrade_id = propose(session, by, Proposal(made.assignment_id, WIDER), catalog.find(SLUG), context.clock())
    _work(context)
    with sessions.begin() as session:
        apply_regrade(session, by, regrade_id)
    _work(context)
    with sessions() as session:
        found = find_regrade(session, regrade_id)
    if found.state is not RegradeState.APPLIED or found.done != found.total:
        raise ValueError(f"the regrade is {found.state} with {found.done} of {found.total}: {found.failure}")
    return found.total


def _instructor(sessions: Sessions, made: Made) -> InstructorOf:
    who = SignedIn(made.instructor_id, "teacher@example.org", "Ines", Role.INSTRUCTOR)
    with sessions() as session:
        return in_course(session, who, made.course_id).require_instructor()


def _work(context: GradingContext) -> None:
    while regrade_some(context) is not None:
        pass


def _of_the_grader(url: str, course_id: str, assignment_id: str, instructor_id: str) -> int:
    made = Made(int(course_id), int(assignment_id), int(instructor_id), ())
    return regrade(connect(sqlalchemy_url(url)), made)


def _of_the_naive(url: str, submissions: str) -> int:
    os.environ |= {"BENCH_DATABASE": sqlalchemy_url(url), "BENCH_BROKER": "redis://127.0.0.1:1/0"}
    from bench.pipelines import naive  # noqa: PLC0415 - it reads its addresses when it is imported

    return naive.regrade(int(submissions))


KINDS: dict[str, Callable[..., int]] = {"grader": _of_the_grader, "naive": _of_the_naive}


def main(kind: str, *arguments: str) -> None:
    """Measure in this process, and print what that took."""
    began = time.perf_counter()
    submissions = KINDS[kind](*arguments)
    seconds = time.perf_counter() - began
    print(json.dumps(asdict(Regraded(seconds, submissions, _peak()))))


def _peak() -> float:
    """Return this process's peak in MB; what getrusage says would be its parent's, if that was larger."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
