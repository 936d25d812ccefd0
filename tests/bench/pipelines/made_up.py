"""Made-up rounds of measurements, to compute with."""

from dataclasses import replace

from bench.pipelines.measure import Floor, Flow, Measured

KINDS = ("web", "worker", "PostgreSQL", "broker")


def flow(per_second: float, cpu_ms: float, times_ms: tuple[float, ...]) -> Flow:
    """One phase; its CPU is shared equally by all kinds of processes."""
    cpu = dict.fromkeys(KINDS, cpu_ms / 1000 / len(KINDS))
    return Flow(per_second, per_second, 0, tuple(time / 1000 for time in times_ms), cpu, 0.0001)


def measured(per_second: float, cpu_ms: float, saturated_ms: float, light_ms: float, rounds: int = 3) -> Measured:
    """The same figures in each round."""
    floods = [flow(per_second, cpu_ms, (saturated_ms,)) for _ in range(rounds)]
    bulk = [replace(one, accepted=5 * one.accepted) for one in floods]
    return Measured(floods, [flow(10, cpu_ms, (light_ms,)) for _ in range(rounds)], bulk)


def floor(rounds: int = 3) -> Floor:
    """A round trip of 5 ms, a task of 1.4 ms of CPU, and a machine as quick as the one on which peers were measured."""
    return Floor([(0.005,)] * rounds, [0.0014] * rounds, [0.0002] * rounds, [17e-6] * rounds)
