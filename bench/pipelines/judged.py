"""CPU of judging alone: from stored answers to a report as it is stored, in batches of a worker's size."""

import time
from functools import cache

from bench.pipelines.running import EXERCISES
from bench.pipelines.sheets import SLUG, sheet
from grader.catalog.load import load_catalog
from grader.judging.answers import entries_from_json, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.services.grading.context import GradeLimits

_TIMES = 5


def judging_cpu() -> float:
    """Return the CPU seconds of judging one sheet of a full batch, with the search for mistakes."""
    exercise, size = _exercise(), GradeLimits().batch_size
    sheets = [sheet(number) for number in range(size)]

    def work() -> None:
        read = [read_answers(exercise, entries_from_json(answers)) for answers in sheets]
        for report in judge(exercise, read):
            report.to_json()

    before = time.thread_time()
    for _ in range(_TIMES):
        work()
    return (time.thread_time() - before) / _TIMES / size


@cache
def _exercise() -> Exercise:
    return load_catalog(EXERCISES).find(SLUG).exercise
