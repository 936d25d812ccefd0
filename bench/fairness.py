"""How fair the judging is: hostile sheets, strategies without knowledge, honest and right sheets, before and after.

    python -m bench.fairness hostile strategies honest right --networks 100 --sheets 20000 --save after.json
    python -m bench.fairness --compare before.json after.json

Run from a checkout's root: the judging measured is that of the checkout, the sheets are those of tests/fairness. To
measure an older checkout with the sheets of this one, run it there with `PYTHONPATH=. :/this/checkout`.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from functools import cache
from pathlib import Path

import grader
from bench.fairness_tables import compare, show
from grader.catalog.load import load_catalog
from grader.judging.exercise import Exercise
from tests.fairness.measures import Found, measure_honest, measure_hostile, measure_right, measure_strategies
from tests.fairness.networks import foreign_network, foreign_networks

EXERCISES = Path(grader.__file__).resolve().parents[1] / "exercises"
MEASURES = ("hostile", "strategies", "honest", "right")
Task = tuple[str, str, int]
"""A measure, the slug of an exercise, and a number: of hostile sheets, or of honest ones of which one is taken."""


@cache
def shipped() -> dict[str, Exercise]:
    """The exercises that the project comes with."""
    return {published.slug: published.exercise for published in load_catalog(EXERCISES)}


def exercise_of(slug: str) -> Exercise:
    """A shipped exercise, or a foreign network by its number.

    Raises:
        LookupError: there is none.
    """
    found = shipped().get(slug) or foreign_network(int(slug.rpartition("-")[2]))
    if found is None:
        raise LookupError(slug)
    return found


def run(task: Task) -> tuple[str, Found]:
    """Take one measure of one exercise."""
    measure, slug, number = task
    exercise = exercise_of(slug)
    match measure:
        case "hostile":
            return measure, measure_hostile(exercise, number)
        case "strategies":
            return measure, measure_strategies(exercise)
        case "honest":
            return measure, measure_honest(exercise, number)
        case _:
            return measure, measure_right(exercise)


def tasks(arguments: argparse.Namespace) -> list[Task]:
    """The whole work, in pieces: every shipped exercise and so many networks."""
    networks = [exercise.slug for exercise in foreign_networks(arguments.networks)]
    slugs = [*shipped(), *networks]
    each = -(-arguments.sheets // len(slugs))
    honest = [*shipped(), *networks[: arguments.honest_networks]]
    return [
        (measure, slug, arguments.every if measure == "honest" else each)
        for measure in arguments.measures
        for slug in (honest if measure == "honest" else slugs)
    ]


def measured(arguments: argparse.Namespace) -> dict[str, Found]:
    """Everything found, by measure."""
    work, found = tasks(arguments), {measure: Found() for measure in arguments.measures}
    start = time.monotonic()
    with multiprocessing.Pool(arguments.jobs) as pool:
        for done, (measure, part) in enumerate(pool.imap_unordered(run, work), start=1):
            found[measure] |= part
            progress = f"\r{done} of {len(work)} pieces, {measure}, {time.monotonic() - start:.0f} s"
            print(f"{progress:60}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {measure: dict(sorted(part.items())) for measure, part in found.items()}


def parsed() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measures", nargs="*", choices=[*MEASURES, []], help="all of them where none is named")
    parser.add_argument("--networks", type=int, default=30, help="foreign networks beside the shipped exercises (30)")
    parser.add_argument("--honest-networks", type=int, default=10, help="of these, how many get honest sheets (10)")
    parser.add_argument("--every", type=int, default=4, help="one honest sheet of so many (4)")
    parser.add_argument("--sheets", type=int, default=2000, help="hostile sheets in all (2000)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (one per core)")
    parser.add_argument("--save", type=Path, help="write what was found as JSON")
    parser.add_argument(
        "--compare", type=Path, nargs=2, metavar=("BEFORE", "AFTER"), help="two files saved by --save: sheets in both"
    )
    parser.add_argument("--show", type=Path, help="print the tables of a file that was saved")
    arguments = parser.parse_args()
    arguments.measures = arguments.measures or list(MEASURES)
    return arguments


def main() -> None:
    """Measure and print, or compare two files."""
    arguments = parsed()
    if arguments.compare:
        before, after = (json.loads(path.read_text()) for path in arguments.compare)
        compare(before, after)
        return
    found = json.loads(arguments.show.read_text()) if arguments.show else measured(arguments)
    if arguments.save:
        arguments.save.write_text(json.dumps(found, indent=0))
    show(found)


if __name__ == "__main__":
    main()
