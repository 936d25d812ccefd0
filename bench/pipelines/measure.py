"""Measures the pipelines side by side, in interleaved rounds: a flood, then a trickle, of each in turn.

A submission's time is from when a student begins to send it until its grading is committed, by the database's own clock
and record: no pipeline says itself when it was done.
"""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import psycopg
from redis import Redis

from bench.judging import bare_pass, per_call
from bench.pipelines.cpu import cpu_seconds
from bench.pipelines.judged import judging_cpu
from bench.pipelines.load import Door, Sent, bulk, flood, trickle
from bench.pipelines.running import NAMES, Ground, Pipeline
from bench.pipelines.sheets import FIELDS, is_wrong

CONNECTIONS = 16
BULK_CONNECTIONS = 2
EACH_SECOND = 10.0
_PAUSE = 0.05
_PATIENCE = 600.0
_WARM, _BARE = 20, 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: rounds, and submissions of each pipeline in each round."""

    rounds: int = 5
    flood: int = 600
    trickle: int = 60


WHOLE = Size()
"""What counts: smaller runs say little."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one phase of one round showed.

    Attributes:
        per_second: submissions graded a second, from the first byte sent to the last grading stored.
        accepted: submissions accepted a second, from the first byte sent to the last 202.
        waiting: submissions that were not graded yet when the last one had been accepted.
        times: seconds of each submission until it was graded.
        cpu: CPU seconds for each submission, by kind of process.
        load: CPU seconds of the students for each submission, which no pipeline is charged for.
    """

    per_second: float
    accepted: float
    waiting: int
    times: tuple[float, ...]
    cpu: dict[str, float]
    load: float

    @property
    def cpu_each(self) -> float:
        """CPU seconds for each submission, of all kinds of processes together."""
        return sum(self.cpu.values())


@dataclass(slots=True)
class Measured:
    """All rounds of one pipeline."""

    flood: list[Flow] = field(default_factory=list)
    trickle: list[Flow] = field(default_factory=list)
    bulk: list[Flow] = field(default_factory=list)
    """Of nn-grader alone: as many as the flood, 100 in a request."""


@dataclass(slots=True)
class Floor:
    """All rounds of the task that does nothing, and of work without any server.

    Attributes:
        times: seconds of each round trip.
        cpu: CPU seconds of each of many tasks that are sent at once: of the sender, the worker and the broker.
        judging: CPU seconds of judging one submission among many.
        bare: wall seconds of a forward and a backward pass in NumPy, as a measure of the machine and its load.
    """

    times: list[tuple[float, ...]] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    judging: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


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
        in_bulk = _phase(ground, "grader", partial(bulk, submissions=size.flood, connections=BULK_CONNECTIONS))
        if not warm:
            found["grader"].bulk.append(in_bulk)
        _add_floor(ground, replace(size, trickle=few), Floor() if warm else floor)
    return found, floor


def _add_floor(ground: Ground, size: Size, floor: Floor) -> None:
    floor.cpu.append(_flood_of_nothing(ground, size.flood))
    floor.times.append(_round_trips(ground, size.trickle))
    floor.judging.append(judging_cpu())
    floor.bare.append(per_call(bare_pass, _BARE))


def quantile(times: Sequence[float], share: float) -> float:
    """Return the time below which this share of the times lies."""
    ordered = sorted(times)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def median_quantile(rounds: Sequence[Sequence[float]], share: float) -> float:
    """Return the median over rounds of a quantile."""
    return statistics.median(quantile(times, share) for times in rounds)


def median_cpu(flows: Sequence[Flow]) -> dict[str, float]:
    """Return the median CPU seconds over rounds, by kind of process."""
    return {kind: statistics.median(flow.cpu[kind] for flow in flows) for kind in flows[0].cpu}


def median_of(flows: Sequence[Flow], value: Callable[[Flow], float]) -> float:
    """Return the median over rounds."""
    return statistics.median(map(value, flows))


def _phase(ground: Ground, name: str, send: Callable[[Door], dict[str, Sent]]) -> Flow:
    """Send, wait until all is graded, and see what that took."""
    pipeline = ground.pipelines[name]
    with psycopg.connect(ground.database_url, autocommit=True) as connection:
        before, cpu, start = _graded(connection, pipeline), ground.cpu(name), time.time()
        load = time.process_time()
        sent = send(pipeline.door)
        load = time.process_time() - load
        waiting = before + len(sent) - _graded(connection, pipeline)
        deadline = time.monotonic() + _PATIENCE
        while _graded(connection, pipeline) < before + len(sent):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{name} has not graded everything after {_PATIENCE:.0f} s")
            time.sleep(_PAUSE)
        after = ground.cpu(name)
        rows = connection.execute(pipeline.gradings.encode()).fetchall()
    stored = {str(known): float(at) for known, at, _ in rows}
    _check(name, sent, {str(known): int(right) for known, _, right in rows})
    times = tuple(stored[known] - one.began for known, one in sent.items())
    span = max(stored[known] for known in sent) - start
    each = {kind: (after[kind] - cpu[kind]) / len(sent) for kind in after}
    accepted = len(sent) / (max(one.accepted for one in sent.values()) - start)
    return Flow(len(sent) / span, accepted, waiting, times, each, load / len(sent))


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


def _check(name: str, sent: dict[str, Sent], right: dict[str, int]) -> None:
    """Make sure that in each sheet as many fields were found right as are right."""
    for known, one in sent.items():
        expected = len(FIELDS) - is_wrong(one.number)
        if right[known] != expected:
            raise ValueError(f"{name} found {right[known]} fields of sheet {one.number} right instead of {expected}")
