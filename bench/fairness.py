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
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import grader
from grader.catalog.load import load_catalog
from grader.checking.exercise import Exercise
from tests.fairness.measures import (
    LITTLE,
    Found,
    measure_honest,
    measure_hostile,
    measure_right,
    measure_strategies,
)
from tests.fairness.networks import foreign_network, foreign_networks

EXERCISES = Path(grader.__file__).resolve().parents[1] / "exercises"
MEASURES = ("hostile", "strategies", "honest", "right")
Task = tuple[str, str, int]
"""A measure, the slug of an exercise, and a number of sheets."""


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
    measure, slug, sheets = task
    exercise = exercise_of(slug)
    match measure:
        case "hostile":
            return measure, measure_hostile(exercise, sheets)
        case "strategies":
            return measure, measure_strategies(exercise)
        case "honest":
            return measure, measure_honest(exercise)
        case _:
            return measure, measure_right(exercise)


def tasks(arguments: argparse.Namespace) -> list[Task]:
    """The whole work, in pieces: every shipped exercise and so many networks."""
    networks = [exercise.slug for exercise in foreign_networks(arguments.networks)]
    slugs = [*shipped(), *networks]
    each = -(-arguments.sheets // len(slugs))
    honest = [*shipped(), *networks[: arguments.honest_networks]]
    return [(m, slug, each) for m in arguments.measures for slug in (honest if m == "honest" else slugs)]


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


def grouped(found: Found, key: str) -> dict[str, list[dict]]:
    """The rows by one of their values."""
    groups = defaultdict(list)
    for row in found.values():
        groups[row[key]].append(row)
    return dict(groups)


def table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print columns: text to the left, numbers to the right."""
    lines = [list(heading), *([f"{v:.2f}" if isinstance(v, float) else str(v) for v in row] for row in rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(heading))]
    for line in lines:
        first, rest = (
            line[0].ljust(widths[0]),
            [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)],
        )
        print("  ".join([first, *rest]))
    print()


def share(part: float, whole: float) -> float:
    """In percent."""
    return 100.0 * part / whole if whole else 0.0


def show_hostile(found: Found) -> None:
    """Counts that have to be 0, with the first sheets to reproduce each."""
    rows = list(found.values())
    raised = [key for key, row in found.items() if row["raised"]]
    wrong = [key for key, row in found.items() if row["not correct"]]
    differ = [key for key, row in found.items() if row["differs"]]
    print("HOSTILE SHEETS: all of these have to be 0")
    table(
        ("", "number", "of", "for example"),
        [
            ("sheets that raise", len(raised), len(rows), ", ".join(raised[:2])),
            (
                "fields right by value, not correct",
                sum(len(r["not correct"]) for r in rows),
                sum(r["right"] for r in rows),
                ", ".join(wrong[:2]),
            ),
            ("sheets judged otherwise in their batch", len(differ), len(rows), ", ".join(differ[:2])),
        ],
    )


def show_strategies(found: Found) -> None:
    """Per strategy its gain beyond what is right by value, on shipped exercises and on networks."""
    for title, is_shown in (("SHIPPED EXERCISES", False), ("FOREIGN NETWORKS", True)):
        part = {key: row for key, row in found.items() if key.startswith("foreign-") is is_shown}
        print(f"STRATEGIES WITHOUT KNOWLEDGE, {title}: percent of the points beyond what is right by value")
        table(("strategy", "mean", "most", "over the bound", "of", "the most by"), _strategies(part))


def _strategies(found: Found) -> Iterator[tuple]:
    groups = grouped(found, "strategy")
    for name, rows in [*groups.items(), ("all", list(found.values()))]:
        shares = [share(row["beyond"], row["max"]) for row in rows]
        over = sum(row["beyond"] > row["allowed"] + LITTLE for row in rows)
        best = max(
            (k for k, row in found.items() if name in {row["strategy"], "all"}),
            key=lambda k: found[k]["beyond"] / found[k]["max"],
        )
        yield name, sum(shares) / max(1, len(shares)), max(shares), over, len(rows), best.partition("/")[0]


def show_honest(found: Found) -> None:
    """Percent of the points, by what happened in the sheet."""
    groups = grouped({k: row for k, row in found.items() if not row.get("raised")}, "kind")
    raised = sum(bool(row.get("raised")) for row in found.values())
    print(f"HONEST SHEETS: percent of the points ({len(found)} sheets, {raised} of them raise)")
    table(
        ("what happened", "sheets", "points", "named a mistake", "mistakes named"),
        [
            (
                kind,
                len(rows),
                share(sum(r["given"] for r in rows), sum(r["max"] for r in rows)),
                share(sum(bool(r["named"]) for r in rows), len(rows)),
                _most(rows),
            )
            for kind, rows in sorted(groups.items())
        ],
    )


def _most(rows: list[dict]) -> str:
    counts = defaultdict(int)
    for row in rows:
        for name in row["named"]:
            counts[name] += 1
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda item: -item[1])[:3])


def show_right(found: Found) -> None:
    """Percent of the fields that lose something, by way of writing and digits."""
    print("RIGHT SHEETS: percent of the fields; the last column counts updates typed as their old weight")
    by_form = {form: grouped(dict(enumerate(rows)), "digits") for form, rows in grouped(found, "form").items()}
    table(
        ("written", "digits", "fields", "less than all", "nothing", "called a mistake", "raised", "old weight"),
        [_right(form, digits, rows) for form, groups in by_form.items() for digits, rows in sorted(groups.items())],
    )


def _right(form: str, digits: int, rows: list[dict]) -> tuple:
    judged = [row for row in rows if not row.get("raised")]
    fields = sum(row["fields"] for row in judged)
    less, old = sum(row["less"] for row in judged), sum(row["old weight"] for row in judged)
    counts = [sum(len(row[key]) for row in judged) for key in ("nothing", "mistaken")]
    percents = [f"{share(count, fields):.3f}" for count in (less - old, *counts)]
    return form, digits, fields, *percents, len(rows) - len(judged), old


SHOWN: dict[str, Callable[[Found], None]] = {
    "hostile": show_hostile,
    "strategies": show_strategies,
    "honest": show_honest,
    "right": show_right,
}


def compare(before: dict[str, Found], after: dict[str, Found]) -> None:
    """Print what honest sheets lost against before, by what happened in them, and the worst of them."""
    both = [(key, row, after["honest"][key]) for key, row in before["honest"].items() if key in after["honest"]]
    judged = [(key, one, two) for key, one, two in both if not one.get("raised") and not two.get("raised")]
    lost = [
        (one["given"] - two["given"], key, one, two) for key, one, two in judged if two["given"] < one["given"] - LITTLE
    ]
    print(f"HONEST SHEETS, LOST AGAINST BEFORE: {len(lost)} of {len(judged)} sheets judged in both")
    groups = defaultdict(list)
    for key, one, two in judged:
        groups[one["kind"]].append((key, one, two))
    rows = []
    for kind, sheets in sorted(groups.items()):
        worse = sum(two["given"] < one["given"] - LITTLE for _, one, two in sheets)
        better = sum(two["given"] > one["given"] + LITTLE for _, one, two in sheets)
        whole = sum(one["max"] for _, one, _ in sheets)
        rows.append(
            (kind, len(sheets), worse, better, *(share(sum(s[k]["given"] for s in sheets), whole) for k in (1, 2)))
        )
    table(("what happened", "sheets", "lost", "gained", "before", "after"), rows)
    for points, key, one, two in sorted(lost, key=lambda item: -item[0])[:20]:
        print(
            f"  -{points:g} of {one['max']:g}: {key}\n     before {one['letters']} {one['named']}\n     after  {two['letters']} {two['named']}"
        )


def parsed() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measures", nargs="*", choices=[*MEASURES, []], help="all of them where none is named")
    parser.add_argument("--networks", type=int, default=30, help="foreign networks beside the shipped exercises (30)")
    parser.add_argument("--honest-networks", type=int, default=10, help="of these, how many get honest sheets (10)")
    parser.add_argument("--sheets", type=int, default=2000, help="hostile sheets in all (2000)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (one per core)")
    parser.add_argument("--save", type=Path, help="write what was found as JSON")
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("BEFORE", "AFTER"), help="two files that were saved")
    parser.add_argument("--show", type=Path, help="print the tables of a file that was saved")
    arguments = parser.parse_args()
    arguments.measures = arguments.measures or list(MEASURES)
    return arguments


def main() -> None:
    """Measure and print, or compare two files."""
    arguments = parsed()
    if arguments.compare:
        compare(*(json.loads(path.read_text()) for path in arguments.compare))
        return
    found = json.loads(arguments.show.read_text()) if arguments.show else measured(arguments)
    if arguments.save:
        arguments.save.write_text(json.dumps(found, indent=0))
    for measure, part in found.items():
        SHOWN[measure](part)


if __name__ == "__main__":
    main()
