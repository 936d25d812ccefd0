"""`make bench`: nn-grader beside a naive and a lean pipeline and a task that does nothing; judging; commands; a regrade.

Prints all figures, then each ratio with its limit, and writes the ratios to var/bench.json. Fails if one is on the wrong
side of its limit. docs/performance.md explains how to read it.
"""

import argparse
import sys

from bench import chart, commands, judging, regrading
from bench.pipelines.figures import figures
from bench.pipelines.measure import WHOLE, Size, measure
from bench.pipelines.running import running
from bench.pipelines.targets import ratios
from bench.ratios import Ratio, conclude


def main() -> int:
    """Measure, print and write; return 1 if any ratio fails."""
    chosen = _options()
    size = Size(chosen.rounds, chosen.flood, chosen.trickle)
    return conclude([*judging.ratios(), *commands.ratios(), *_servers(size, chosen.regrade)])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=_positive, default=WHOLE.rounds, help="interleaved rounds")
    parser.add_argument("--flood", type=_positive, default=WHOLE.flood, help="submissions at full speed, each round")
    parser.add_argument(
        "--trickle", type=_positive, default=WHOLE.trickle, help="submissions at 10 a second, each round"
    )
    parser.add_argument("--regrade", type=_positive, default=2000, help="submissions of the regrade")
    return parser.parse_args()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def _servers(size: Size, regraded: int) -> list[Ratio]:
    with running() as ground:
        measured, floor = measure(ground, size, _tell)
        _tell(f"a regrade of {regraded:,}")
        again = regrading.ratios(ground.create_database, ground.database_url, regraded)
    print(figures(measured, floor), flush=True)
    if size.rounds >= WHOLE.rounds:
        chart.PICTURE.write_text(chart.draw(chart.panels(measured, floor)), encoding="utf-8")
    return [*ratios(measured, floor), *again]


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
