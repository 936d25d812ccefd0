"""Measures the pipelines side by side, in interleaved rounds: a flood, then a trickle, of each in turn.

A submission's time is from when a student begins to send it until its grading is stored, as the database has it.
"""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import psycopg
from redis import Redis

from bench.pipelines.cpu import cpu_seconds
from bench.pipelines.load import Door, Sent, flood, trickle
from bench.pipelines.running import NAMES, Ground, Pipeline
from bench.pipelines.sheets import is_wrong

CONNECTIONS = 16
EACH_SECOND = 10.0
_PAUSE = 0.05
_PATIENCE = 600.0
_WARM = 20


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: rounds, and submissions of each pipeline in each round."""

    rounds: int = 5
    flood: int = 600
    trickle: int = 100


@dataclass(frozen=True, slots=True)
class Flow:
    """What one phase of one round showed.

    Attributes:
        per_second: submissions graded a second, from the first byte sent to the last grading stored.
        waiting: submissions that were not graded yet when the last one had been accepted.
        times: seconds of each submission until it was graded.
        cpu: CPU seconds for each submission, by kind of process.
    """

    per_second: float
    waiting: int
    times: tuple[float, ...]
    cpu: dict[str, float]


@dataclass(slots=True)
class Measured:
    """All rounds of one pipeline."""

    flood: list[Flow] = field(default_factory=list)
    trickle: list[Flow] = field(default_factory=list)


@dataclass(slots=True)
class Floor:
    """All rounds of the task that does nothing.

    Attributes:
        times: seconds of each round trip.
        cpu: CPU seconds of each of many tasks that are sent at once: of the sender, the worker and the broker.
    """

    times: list[tuple[float, ...]] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def measure(ground: Ground, size: Size, tell: Callable[[str], None]) -> tuple[dict[str, Measured], Floor]:
    """Measure all pipelines and the floor; the first, smaller round warms up and is thrown away."""
    found, floor = {name: Measured() for name in NAMES}, Floor()
    for number in range(size.rounds + 1):
        warm = number == 0
        few = _WARM if warm else size.trickle
        tell("warming up" if warm else f"round {number} of {size.rounds}")
        for name, measured in found.items():
            flooded = _phase(ground, name, partial(flood, submissions=size.flood, connections=CONNECTIONS))
            trickled = _phase(ground, name, partial(trickle, submissions=few, each_second=EACH_SECOND))
            if not warm:
                measured.flood.append(flooded)
                measured.trickle.append(trickled)
        cpu, trips = _flood_of_nothing(ground, size.flood), _round_trips(ground, few)
        if not warm:
            floor.times.append(trips)
            floor.cpu.append(cpu)
    return found, floor


def quantile(times: Sequence[float], share: float) -> float:
    """Return the time below which this share of the times lies."""
    ordered = sorted(times)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def median_of(flows: Sequence[Flow], value: Callable[[Flow], float]) -> float:
    """Return the median over rounds."""
    return statistics.median(map(value, flows))


def _phase(ground: Ground, name: str, send: Callable[[Door], dict[str, Sent]]) -> Flow:
    """Send, wait until all is graded, and see what that took."""
    pipeline = ground.pipelines[name]
    with psycopg.connect(ground.database_url, autocommit=True) as connection:
        before, cpu, start = _graded(connection, pipeline), ground.cpu(name), time.time()
        sent = send(pipeline.door)
        waiting = before + len(sent) - _graded(connection, pipeline)
        deadline = time.monotonic() + _PATIENCE
        while _graded(connection, pipeline) < before + len(sent):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{name} has not graded everything after {_PATIENCE:.0f} s")
            time.sleep(_PAUSE)
        after = ground.cpu(name)
        rows = connection.execute(pipeline.gradings.encode()).fetchall()
    stored = {str(known): float(at) for known, at, _ in rows}
    _check(name, sent, {str(known): float(mark) for known, _, mark in rows})
    times = tuple(stored[known] - one.began for known, one in sent.items())
    span = max(stored[known] for known in sent) - start
    each = {kind: (after[kind] - cpu[kind]) / len(sent) for kind in after}
    return Flow(len(sent) / span, waiting, times, each)


def _graded(connection: psycopg.Connection, pipeline: Pipeline) -> int:
    (count,) = connection.execute(pipeline.graded.encode()).fetchone() or (0,)
    return int(count)


def _round_trips(ground: Ground, times: int) -> tuple[float, ...]:
    """Send a task that does nothing, at the trickle's rate, and wait for its word each time."""
    taken, start = [], time.monotonic()
    run = noop_task(ground.redis_url)
    with Redis.from_url(ground.redis_url) as broker:
        for number in range(times):
            time.sleep(max(start + number / EACH_SECOND - time.monotonic(), 0.0))
            began = time.perf_counter()
            run(f"noop-{number}")
            if broker.blpop([f"noop-{number}"], timeout=60) is None:
                raise TimeoutError("the task that does nothing was not run")
            taken.append(time.perf_counter() - began)
    return tuple(taken)


def _flood_of_nothing(ground: Ground, times: int) -> float:
    """Send many tasks that do nothing, wait until all have run, and return the CPU seconds of each."""
    run = noop_task(ground.redis_url)
    with Redis.from_url(ground.redis_url) as broker:
        before = time.thread_time() + cpu_seconds(ground.noop) + cpu_seconds(ground.broker)
        for _ in range(times):
            run("noop-flood")
        sending = time.thread_time()
        for _ in range(times):
            if broker.blpop(["noop-flood"], timeout=60) is None:
                raise TimeoutError("a task that does nothing was not run")
        return (sending + cpu_seconds(ground.noop) + cpu_seconds(ground.broker) - before) / times


def noop_task(redis_url: str) -> Callable[[str], object]:
    """Return what sends the task that does nothing."""
    os.environ["BENCH_BROKER"] = redis_url
    from bench.pipelines import noop  # noqa: PLC0415 - it reads its broker's address when it is imported

    return noop.run.delay


def _check(name: str, sent: dict[str, Sent], marks: dict[str, float]) -> None:
    """Make sure that every sheet was graded: right ones as right, wrong ones as wrong."""
    right = {marks[known] for known, one in sent.items() if not is_wrong(one.number)}
    wrong = {marks[known] for known, one in sent.items() if is_wrong(one.number)}
    if len(right) != 1 or len(wrong) != 1 or not min(right) > max(wrong):
        raise ValueError(f"{name} gave right sheets {right} and wrong ones {wrong}")
