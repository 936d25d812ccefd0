"""The absolute figures of the pipelines as text: good to look at, and never judged."""

import statistics
from collections.abc import Iterator, Mapping

from bench.pipelines.measure import Floor, Measured, median_cpu, median_of, median_quantile


def figures(measured: Mapping[str, Measured], floor: Floor) -> str:
    """Return a paragraph for each pipeline; medians over rounds."""
    lines = [line for name, found in measured.items() for line in ("", name, *_of_one(found))]
    return "\n".join([*lines, "", *_of_nothing(floor)])


def _of_one(found: Measured) -> Iterator[str]:
    yield f"  graded a second       {median_of(found.flood, lambda flow: flow.per_second):8.0f}"
    yield f"  waiting at the end    {median_of(found.flood, lambda flow: flow.waiting):8.0f}"
    for phase, flows in (("flood", found.flood), ("trickle", found.trickle)):
        p50, p95 = (1000 * median_quantile([flow.times for flow in flows], share) for share in (0.5, 0.95))
        kinds = ", ".join(f"{kind} {1000 * value:.2f}" for kind, value in median_cpu(flows).items())
        whole = 1000 * median_of(flows, lambda flow: flow.cpu_each)
        yield f"  {phase:8} p50 / p95 ms {p50:8.1f} / {p95:.1f}"
        yield f"  {phase:8} CPU ms each  {whole:8.2f} = {kinds}"
        yield f"  {phase:8} load, apart  {1000 * median_of(flows, lambda flow: flow.load):8.2f}"


def _of_nothing(floor: Floor) -> Iterator[str]:
    p50, p95 = (1000 * median_quantile(floor.times, share) for share in (0.5, 0.95))
    yield f"no-op CPU ms each {1000 * statistics.median(floor.cpu):.2f}, round trip p50 / p95 ms {p50:.1f} / {p95:.1f}"
    yield f"judging alone, CPU ms each {1000 * statistics.median(floor.judging):.3f}"
    yield f"bare NumPy pass, us {1e6 * statistics.median(floor.bare):.1f}"
