"""A regrade of a whole assignment, beside a loop that grades one submission after the other again.

    python -m bench.regrading [SUBMISSIONS ...] [--workers N]

Each runs in processes of its own, so that its memory can be measured. The regrade is judged, by several workers at once,
and applied; the loop is the naive pipeline's (bench/pipelines/naive.py), which marks sixteen fields and searches for no
mistakes. Time begins when the regrade is proposed: workers have started long before.
"""

import argparse
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.class_of_many import Made, Size, make_class
from bench.pipelines.cpu import cpu_seconds
from bench.pipelines.running import CHECKOUT, EXERCISES
from bench.pipelines.sheets import SLUG, mark, sheet
from bench.ratios import Ratio, least, most, table
from grader.addresses import sqlalchemy_url
from grader.catalog.load import load_catalog
from grader.devserver.binaries import find_binaries
from grader.devserver.postgres import Postgres
from grader.devserver.processes import Processes
from grader.devserver.state import server_account, temporary_state
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
PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class Regraded:
    """What was measured: wall and CPU seconds, submissions, and the peak of the memory of one process in MB."""

    seconds: float
    cpu: float
    submissions: int
    megabytes: float

    @property
    def each(self) -> float:
        """Seconds for each submission."""
        return self.seconds / self.submissions

    def __str__(self) -> str:
        """Return a line for a person."""
        return (
            f"{self.submissions:>9,} in {self.seconds:.1f} s, {self.each * 1e3:.2f} ms each; CPU without PostgreSQL"
            f" {self.cpu / self.submissions * 1e3:.2f} ms each; {self.megabytes:.0f} MB"
        )


def ratios(create_database: Callable[[str], str], naive_url: str, submissions: int, workers: int = 2) -> list[Ratio]:
    """Measure a regrade of so many submissions, in a database of its own, and the loop in the naive pipeline's."""
    url = create_database(f"regrade_{submissions}")
    upgrade(sqlalchemy_url(url))
    sessions, catalog = connect(sqlalchemy_url(url)), load_catalog(EXERCISES)
    made = make_class(sessions, catalog.find(SLUG), Size(max(1, submissions // EACH_STUDENT), submissions))
    sessions.kw["bind"].dispose()
    of_class = (str(made.course_id), str(made.assignment_id), str(made.instructor_id))
    regraded = _measured("grader", url, *of_class, str(workers))
    looped = _measured("naive", naive_url, str(LOOPED))
    for name, measured in (("regrade", regraded), ("one by one", looped)):
        print(f"{name:<11}{measured}", file=sys.stderr, flush=True)
    return [
        least(f"regrade of {submissions:,} against one by one", looped.each / regraded.each, 50.0),
        most(f"memory of a regrade of {submissions:,}", regraded.megabytes, 200.0, "MB"),
    ]


def _measured(*arguments: str) -> Regraded:
    done = subprocess.run(_command(*arguments), cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    return Regraded(**json.loads(done.stdout.splitlines()[-1]))


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bench.regrading", *arguments]


def regrade(sessions: Sessions, made: Made, workers: int = 1) -> int:
    """Propose a regrade, judge it, apply it; return how many submissions it had.

    The other workers are processes that look for work.
    """
    catalog, context = load_catalog(EXERCISES), _context(sessions, workers)
    with sessions.begin() as session:
        by = _instructor(sessions, made)
        regrade_id = propose(session, by, Proposal(made.assignment_id, WIDER), catalog.find(SLUG), context.clock())
    _work(context, regrade_id)
    with sessions.begin() as session:
        apply_regrade(session, by, regrade_id)
    _work(context, regrade_id)
    with sessions() as session:
        found = find_regrade(session, regrade_id)
    if found.state is not RegradeState.APPLIED or found.done != found.total:
        raise ValueError(f"the regrade is {found.state} with {found.done} of {found.total}: {found.failure}")
    return found.total


def _context(sessions: Sessions, workers: int) -> GradingContext:
    revisions = Revisions(load_catalog(EXERCISES), sessions)
    return GradingContext(sessions, revisions, lambda: datetime.now(UTC), GradeLimits(regrade_workers=workers), judge)


def _instructor(sessions: Sessions, made: Made) -> InstructorOf:
    who = SignedIn(made.instructor_id, "teacher@example.org", "Ines", Role.INSTRUCTOR)
    with sessions() as session:
        return in_course(session, who, made.course_id).require_instructor()


def _work(context: GradingContext, regrade_id: int) -> None:
    """Work until nothing is left to do for the regrade, by this worker or another."""
    while True:
        if regrade_some(context) is None:
            with context.sessions() as session:
                if not find_regrade(session, regrade_id).is_at_work:
                    return
            time.sleep(PAUSE)


def _of_the_grader(url: str, course_id: str, assignment_id: str, instructor_id: str, workers: str) -> Regraded:
    sessions = connect(sqlalchemy_url(url))
    made = Made(int(course_id), int(assignment_id), int(instructor_id), ())
    others = [_Helper(url, workers) for _ in range(int(workers) - 1)]
    began, cpu = time.perf_counter(), time.process_time()
    submissions = regrade(sessions, made, int(workers))
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    helped = [other.end() for other in others]
    cpu += sum(one.cpu for one in helped)
    return Regraded(seconds, cpu, submissions, max([_peak(), *(one.megabytes for one in helped)]))


class _Helper:
    """Another worker, which has started when this is made."""

    def __init__(self, url: str, workers: str) -> None:
        command = _command("helper", url, workers)
        self._process = subprocess.Popen(  # noqa: S603 - our own
            command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._line()

    def end(self) -> Regraded:
        """Have it end, and return what it has used."""
        out, _ = self._process.communicate()
        return Regraded(**json.loads(out.splitlines()[-1]))

    def _line(self) -> str:
        if self._process.stdout is None:
            raise ValueError("the worker's output leads nowhere")
        return self._process.stdout.readline()


def _of_a_helper(url: str, workers: str) -> Regraded:
    """Work on whatever there is until the standard input is closed."""
    context = _context(connect(sqlalchemy_url(url)), int(workers))
    print("ready", flush=True)
    cpu = time.process_time()
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        while regrade_some(context) is not None:
            pass
    return Regraded(0.0, time.process_time() - cpu, 0, _peak())


def _of_the_naive(url: str, submissions: str) -> Regraded:
    os.environ |= {"BENCH_DATABASE": sqlalchemy_url(url), "BENCH_BROKER": "redis://127.0.0.1:1/0"}
    from bench.pipelines import naive  # noqa: PLC0415 - it reads its addresses when it is imported

    began, cpu = time.perf_counter(), time.process_time()
    count = naive.regrade(int(submissions))
    return Regraded(time.perf_counter() - began, time.process_time() - cpu, count, _peak())


def _fill_naive(url: str, submissions: str) -> Regraded:
    """Store graded submissions of the naive pipeline, where it does not run itself."""
    os.environ |= {"BENCH_DATABASE": sqlalchemy_url(url), "BENCH_BROKER": "redis://127.0.0.1:1/0"}
    from bench.pipelines import naive  # noqa: PLC0415 - the same

    naive.create_tables()
    with naive.Session.begin() as session:
        for number in range(int(submissions)):
            answers = sheet(number)
            one = naive.Submission(learner=f"student-{number}", exercise=SLUG, answers=answers)
            one.grading = naive.Grading(verdicts=mark(answers), right=0)
            session.add(one)
    return Regraded(0.0, 0.0, int(submissions), _peak())


KINDS: dict[str, Callable[..., Regraded]] = {
    "grader": _of_the_grader,
    "helper": _of_a_helper,
    "naive": _of_the_naive,
    "fill": _fill_naive,
}


def _peak() -> float:
    """Return this process's peak in MB; what getrusage says would be its parent's, if that was larger."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024


def _alone(asked: argparse.Namespace) -> int:
    """Measure on a PostgreSQL of its own; return 1 if a ratio fails, or time is not in proportion."""
    state, processes = temporary_state(server_account()), Processes()
    try:
        postgres = Postgres.prepare(state, find_binaries(state.account))
        server = postgres.start(processes, state.root / "postgres.log")
        naive_url = postgres.create_database("naive")
        _measured("fill", naive_url, str(LOOPED))
        found: list[Ratio] = []
        for submissions in asked.submissions:
            found += ratios(postgres.create_database, naive_url, submissions, asked.workers)
            print(f"CPU of PostgreSQL so far: {cpu_seconds(server.process.pid):.0f} s", file=sys.stderr, flush=True)
        print(table(found))
        return int(not all(one.is_met for one in found))
    finally:
        processes.stop_all()
        shutil.rmtree(state.root)


def main(arguments: list[str]) -> int:
    """Measure; or be one of the processes that are measured, and print what that took."""
    if arguments and arguments[0] in KINDS:
        print(json.dumps(asdict(KINDS[arguments[0]](*arguments[1:]))))
        return 0
    parser = argparse.ArgumentParser(prog="make bench-regrade", description=__doc__)
    parser.add_argument("submissions", type=int, nargs="*", default=[2000, 10_000])
    parser.add_argument("--workers", type=int, default=2, help="how many judge at once")
    return _alone(parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
