"""`python -m bench.pipelines`: nn-grader beside a naive and a lean pipeline and a task that does nothing."""

import argparse
import statistics
import sys

from bench.pipelines.measure import Floor, Measured, Size, measure, median_of, quantile
from bench.pipelines.running import running


def main() -> None:
    """Measure, and print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=Size.rounds)
    parser.add_argument("--flood", type=int, default=Size.flood)
    parser.add_argument("--trickle", type=int, default=Size.trickle)
    size = Size(**vars(parser.parse_args()))
    with running() as ground:
        measured, floor = measure(ground, size, lambda line: print(line, file=sys.stderr, flush=True))
    show(measured, floor)


def show(measured: dict[str, Measured], floor: Floor) -> None:
    """Print a column for each pipeline; medians over rounds."""
    for name, found in measured.items():
        print(f"\n{name}")
        print(f"  graded a second       {median_of(found.flood, lambda flow: flow.per_second):8.0f}")
        print(f"  waiting at the end    {median_of(found.flood, lambda flow: flow.waiting):8.0f}")
        for phase, flows in (("flood", found.flood), ("trickle", found.trickle)):
            p50, p95 = (1000 * median_of(flows, lambda flow, q=q: quantile(flow.times, q)) for q in (0.5, 0.95))
            kinds = {kind: 1000 * median_of(flows, lambda flow, k=kind: flow.cpu[k]) for kind in flows[0].cpu}
            whole = 1000 * median_of(flows, lambda flow: sum(flow.cpu.values()))
            print(f"  {phase:8} p50 / p95 ms {p50:8.1f} / {p95:.1f}")
            print(f"  {phase:8} CPU ms each  {whole:8.2f} = {', '.join(f'{k} {v:.2f}' for k, v in kinds.items())}")
    p50, p95 = (1000 * statistics.median(quantile(times, q) for times in floor.times) for q in (0.5, 0.95))
    print(
        f"\nno-op CPU ms each {1000 * statistics.median(floor.cpu):.2f}, round trip p50 / p95 ms {p50:.1f} / {p95:.1f}"
    )


if __name__ == "__main__":
    main()
