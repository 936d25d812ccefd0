"""`make faults`: everything that runs is killed, stopped or flooded while submissions arrive; none may be lost.

Prints each fault with the seconds after which what workers held, and all that waited, was graded, counted from the end
of the fault. The last line sums up; fails if a submission was lost, stored or graded twice, or judged otherwise.
"""

import argparse
import sys

from bench.faults.blows import FAULTS
from bench.faults.ground import with_servers
from bench.faults.running import Outcome, suffer
from bench.faults.verdicts import Damage


def main() -> int:
    """Run the chosen faults; return 1 if anything was damaged."""
    chosen = _options()
    outcomes: list[Outcome] = []
    with with_servers() as ground:
        for name in chosen.only or FAULTS:
            if outcomes:
                ground.restart()
            outcomes.append(suffer(ground, name, FAULTS[name], chosen.submissions))
            print(outcomes[-1], flush=True)
    print(summary(outcomes))
    return int(any(outcome.damage != Damage() for outcome in outcomes))


def summary(outcomes: list[Outcome]) -> str:
    """Return the last line."""
    whole = sum((outcome.damage for outcome in outcomes), Damage())
    sent = sum(outcome.submissions for outcome in outcomes)
    told = f"lost {whole.lost}, doubled {whole.doubled}, changed {whole.changed}"
    return f"{len(outcomes)} faults, {sent:,} submissions: {told}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--submissions", type=_some, default=5000, help="under each fault")
    parser.add_argument("--only", action="append", choices=sorted(FAULTS), metavar="NAME", help="repeat for several")
    return parser.parse_args()


def _some(text: str) -> int:
    number = int(text)
    if number < 3:  # noqa: PLR2004 - a third each before, during and after
        raise argparse.ArgumentTypeError(f"must be at least 3, not {number}")
    return number


if __name__ == "__main__":
    sys.exit(main())
