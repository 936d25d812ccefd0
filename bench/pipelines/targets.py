"""What nn-grader must reach beside the other pipelines: each ratio is the median of the rounds' own ratios."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.pipelines.measure import Floor, Flow, Measured, median_quantile, quantile
from bench.ratios import Ratio, least, most

P95 = 0.95
LEAN_NOOPS = 2.1
"""CPU of the lean pipeline for each submission, as a multiple of a task that does nothing, when it was written."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Seconds that another grader took for the same sheet, once, on a quiet machine.

    Attributes:
        one: for one submission, from its command to its result.
        each: for each of a batch of 20.
    """

    one: float
    each: float


PEERS = {"nbgrader 0.9.6": Peer(4.0, 1.15), "Otter 7.0": Peer(3.9, 1.70)}
"""Recorded, not measured in this run. Both run the student's code, where nn-grader compares numbers."""

RECORDED_BARE, RECORDED_TRIP = 17e-6, 6.1e-3
"""Seconds of a bare NumPy pass, and p95 of a no-op round trip, on the quiet machine on which the peers were measured."""


def ratios(measured: Mapping[str, Measured], floor: Floor) -> list[Ratio]:
    """Return all ratios of the pipelines to their limits."""
    grader, lean = measured["grader"], measured["lean"]
    trips = [quantile(times, P95) for times in floor.times]
    light = [quantile(flow.times, P95) for flow in grader.trickle]
    saturated = [quantile(flow.times, P95) for flow in grader.flood]
    lean_cpu = _each(lean.flood, lambda flow: flow.cpu_each)
    speed = {name: _each(one.flood, lambda flow: flow.per_second) for name, one in measured.items()}
    accepted = [_each(flows, lambda flow: flow.accepted) for flows in (grader.bulk, grader.flood)]
    cpu = _each(grader.flood, lambda flow: flow.cpu_each)
    return [
        least("throughput against lean", _over(speed["grader"], speed["lean"]), 3.0),
        least("throughput against naive", _over(speed["grader"], speed["naive"]), 6.0),
        most("CPU per submission against lean", _over(cpu, lean_cpu), 1 / 3),
        most("CPU in judging against lean's whole CPU", _over(floor.judging, lean_cpu), 1 / 10),
        most("light p95 against a no-op round trip's p95", _over(light, trips), 2.2),
        most("saturated p95 against light p95", _over(saturated, light), 5.0),
        least("bulk POST of 100 against single POSTs", _over(*accepted), 4.0),
        *peer_ratios(grader, floor),
        most("lean's CPU against a no-op task's, not slowed", _over(lean_cpu, floor.cpu), 1.2 * LEAN_NOOPS),
    ]


def peer_ratios(grader: Measured, floor: Floor) -> list[Ratio]:
    """Return how many times as long the peers would take on this machine, at the least.

    The peers' seconds were recorded on a quiet machine. They are scaled by how much slower this one is with all else
    that it does: by a bare NumPy pass or by the round trip of a task that does nothing, whichever gives the smaller
    ratio. All of these are wall times, as is nn-grader's own.
    """
    trip = median_quantile(floor.times, P95)
    slower = min(statistics.median(floor.bare) / RECORDED_BARE, trip / RECORDED_TRIP)
    one = statistics.median(quantile(flow.times, 0.5) for flow in grader.trickle)
    each = statistics.median(1 / flow.per_second for flow in grader.flood)
    return [
        row
        for name, peer in PEERS.items()
        for row in (
            least(f"one submission against {name} (recorded, scaled)", slower * peer.one / one, 300.0),
            least(f"each of many against {name} (recorded, scaled)", slower * peer.each / each, 1000.0),
        )
    ]


def _each(flows: Sequence[Flow], value: Callable[[Flow], float]) -> list[float]:
    return list(map(value, flows))


def _over(some: Sequence[float], others: Sequence[float]) -> float:
    """Return the median ratio of figures that were measured in the same rounds."""
    return statistics.median(one / other for one, other in zip(some, others, strict=True))
