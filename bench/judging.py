"""CPU time of judging relative to a bare NumPy forward and backward pass of the same network, in the same run.

The pass is that of textbooks: two matrix products forward, two back, one submission at a time (about 17 µs). Rounds are
interleaved and medians taken, since absolute times on a shared machine mean little.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.ratios import Ratio, most, table
from grader.catalog.load import load_catalog
from grader.judging.answers import Entry, ReadAnswers, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge

EXERCISES = Path(__file__).resolve().parents[1] / "exercises"
SLUG = "backprop-2-2-2"
ROUNDS = 15
BATCHES = (200, 10_000)
"""A worker's batch, and one so large that only the work for each submission is left."""

TARGETS = {"one right": 6.0, "one wrong, with mistake search": 300.0, "each of 200": 8.0, "each of 10,000": 3.0}
"""The largest allowed ratios; a third of each batch is wrong."""


def bare_pass() -> None:
    """Forward, backward and update of the 2-2-2 example, as anyone would write it with matrices."""
    x, target = np.array([0.05, 0.10]), np.array([0.01, 0.99])
    first, second = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([[0.40, 0.45], [0.50, 0.55]])
    hidden = 1.0 / (1.0 + np.exp(-(first @ x + 0.35)))
    out = 1.0 / (1.0 + np.exp(-(second @ hidden + 0.60)))
    delta_out = (out - target) * out * (1.0 - out)
    delta_hidden = (second.T @ delta_out) * hidden * (1.0 - hidden)
    _ = second - 0.5 * np.outer(delta_out, hidden), first - 0.5 * np.outer(delta_hidden, x)


def answers(exercise: Exercise, off: dict[str, float] | None = None) -> ReadAnswers:
    """A full set of answers with nine digits, some of them off."""
    values = {name: float(exercise.reference[name]) for name in exercise.field_names} | (off or {})
    return read_answers(exercise, {name: Entry(f"{value:.9g}") for name, value in values.items()})


def per_call(work: Callable[[], object], calls: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds of one call, by a clock."""
    start = clock()
    for _ in range(calls):
        work()
    return (clock() - start) / calls


def cpu_per_call(work: Callable[[], object], calls: int) -> float:
    """Return the CPU seconds of one call, which other processes change less than its wall time."""
    return per_call(work, calls, time.thread_time)


def ratios() -> list[Ratio]:
    """Measure everything."""
    exercise = load_catalog(EXERCISES).find(SLUG).exercise
    right, wrong = [answers(exercise)], [answers(exercise, {"delta_h1": 0.0123456})]
    stale = answers(exercise, {"delta_h1": 0.00729443, "delta_h2": 0.00851233})
    batch = [(right[0], right[0], wrong[0] if k % 2 else stale)[k % 3] for k in range(max(BATCHES))]
    work: dict[str, Callable[[], float]] = {
        "bare": lambda: cpu_per_call(bare_pass, 2000),
        "one right": lambda: cpu_per_call(lambda: judge(exercise, right), 200),
        "one wrong, with mistake search": lambda: cpu_per_call(lambda: judge(exercise, wrong), 20),
        **{
            f"each of {size:,}": lambda size=size: cpu_per_call(lambda: judge(exercise, batch[:size]), 1) / size  # type: ignore[misc]
            for size in BATCHES
        },
    }
    for run in work.values():
        run()
    rounds: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, run in work.items():
            rounds[name].append(run())
    bare = statistics.median(rounds["bare"])
    return [
        most(f"judging {name}, against a bare pass", statistics.median(rounds[name]) / bare, limit)
        for name, limit in TARGETS.items()
    ]


def main() -> int:
    """Print the ratios; return 1 if one is too large."""
    found = ratios()
    print(table(found))
    return int(not all(one.is_met for one in found))


if __name__ == "__main__":
    sys.exit(main())
