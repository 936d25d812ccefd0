"""The tables of `bench.fairness`: of one run, or of two side by side."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.fairness.measures import LITTLE, Found
from tests.fairness.steps import RIGHT

WORST = 25
"""Sheets that are listed one by one."""


@dataclass(frozen=True)
class Table:
    """What is printed.

    Attributes:
        title: what stands above it.
        heading: names of the columns.
        keys: how many of them, the first, say what a row is of.
        rows: the cells.
    """

    title: str
    heading: Sequence[str]
    keys: int
    rows: Sequence[Sequence[str]]


def show(found: dict[str, Found]) -> None:
    """Print all tables of a run."""
    for measure, part in found.items():
        for table in TABLES[measure](part):
            printed(table)


def compare(before: dict[str, Found], after: dict[str, Found]) -> None:
    """Print the tables of two runs side by side, of the sheets that both have, and which honest sheets lost."""
    for measure in [measure for measure in before if measure in after]:
        shared = before[measure].keys() & after[measure].keys()
        old, new = ({key: found[measure][key] for key in sorted(shared)} for found in (before, after))
        if not shared:
            continue
        for one, other in zip(TABLES[measure](old), TABLES[measure](new), strict=True):
            printed(beside(one, other))
        if measure == "honest":
            show_lost(old, new)


def beside(before: Table, after: Table) -> Table:
    """One table of two: each cell that differs shows both."""
    rows = []
    found = {tuple(row[: after.keys]): row for row in after.rows}
    for row in before.rows:
        other = found.get(tuple(row[: before.keys]), row)
        rows.append([one if one == two else f"{one} -> {two}" for one, two in zip(row, other, strict=True)])
    return Table(f"{before.title}; before -> after", before.heading, before.keys, rows)


def printed(table: Table) -> None:
    """Print a table: the first column to the left, the others to the right."""
    lines = [table.heading, *table.rows]
    widths = [max(len(line[k]) for line in lines) for k in range(len(table.heading))]
    print(table.title)
    for line in lines:
        cells = [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        print("  ".join([line[0].ljust(widths[0]), *cells]).rstrip())
    print()


def percent(part: float, whole: float, decimals: int = 2) -> str:
    """A share."""
    return f"{100.0 * part / whole if whole else 0.0:.{decimals}f}"


def grouped(rows: Sequence[dict], key: str) -> dict[str, list[dict]]:
    """The rows by one of their values."""
    groups = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return dict(sorted(groups.items()))


def hostile(found: Found) -> Iterator[Table]:
    """Counts that have to be 0, with the first sheets to reproduce each."""
    rows = list(found.values())
    raised = [key for key, row in found.items() if row["raised"]]
    wrong = [key for key, row in found.items() if row["not correct"]]
    differ = [key for key, row in found.items() if row["differs"]]
    counts = (
        ("sheets that raise", len(raised), len(rows), raised),
        (
            "fields right by value and not correct",
            sum(len(row["not correct"]) for row in rows),
            sum(row["right"] for row in rows),
            wrong,
        ),
        ("sheets judged otherwise in their batch", len(differ), len(rows), differ),
    )
    cells = [(name, str(count), str(whole), ", ".join(keys[:2])) for name, count, whole, keys in counts]
    yield Table("HOSTILE SHEETS: all of these have to be 0", ("", "number", "of", "for example"), 1, cells)


def strategies(found: Found) -> Iterator[Table]:
    """Per strategy its gain beyond what is right by value, on shipped exercises and on foreign networks."""
    heading = ("strategy", "mean", "most", "over the bound", "of", "the most by")
    for name, is_foreign in (("SHIPPED EXERCISES", False), ("FOREIGN NETWORKS", True)):
        rows = [{**row, "key": key} for key, row in found.items() if key.startswith("foreign-") is is_foreign]
        title = f"STRATEGIES WITHOUT KNOWLEDGE, {name}: percent of the points beyond what is right by value"
        groups = {**grouped(rows, "strategy"), "all": rows} if rows else {}
        yield Table(title, heading, 1, [_strategy(strategy, part) for strategy, part in groups.items()])


def _strategy(name: str, rows: list[dict]) -> Sequence[str]:
    shares = [row["beyond"] / row["max"] for row in rows]
    over = sum(row["beyond"] > row["allowed"] + LITTLE for row in rows)
    most = rows[shares.index(max(shares))]["key"].partition("/")[0]
    return name, percent(sum(shares), len(rows)), percent(max(shares), 1), str(over), str(len(rows)), most


def honest(found: Found) -> Iterator[Table]:
    """Percent of the points, by what happened in the sheet."""
    judged = [row for row in found.values() if not row.get("raised")]
    title = f"HONEST SHEETS: percent of the points ({len(found)} sheets, {len(found) - len(judged)} of them raise)"
    rows = [_happened(kind, part) for kind, part in [*grouped(judged, "kind").items(), ("all", judged)]]
    yield Table(title, ("what happened", "sheets", "points", "a mistake named", "the most named"), 1, rows)


def _happened(kind: str, rows: list[dict]) -> Sequence[str]:
    names = Counter(name for row in rows for name in row["named"])
    most = ", ".join(f"{name} {count}" for name, count in names.most_common(3))
    named = percent(sum(bool(row["named"]) for row in rows), len(rows))
    return kind, str(len(rows)), percent(sum(r["given"] for r in rows), sum(r["max"] for r in rows)), named, most


def right(found: Found) -> Iterator[Table]:
    """Percent of the fields that lose something, by way of writing and digits."""
    title = (
        "RIGHT SHEETS: percent of the fields; the 'nothing' of those with the digits asked for has to be 0;"
        " the last column counts updates typed as their old weight"
    )
    heading = (
        *("written", "digits", "fields", "less than all", "nothing", "with the digits asked for"),
        *("called a mistake", "raised", "old weight"),
    )
    groups = grouped([{**row, "group": (row["form"], row["digits"])} for row in found.values()], "group")
    yield Table(title, heading, 2, [_written(form, digits, part) for (form, digits), part in groups.items()])


def _written(form: str, digits: int, rows: list[dict]) -> Sequence[str]:
    judged = [row for row in rows if not row.get("raised")]
    fields, old = sum(row["fields"] for row in judged), sum(row["old weight"] for row in judged)
    less = sum(row["less"] for row in judged) - old
    counts = (
        less,
        *(sum(len(row.get(key, ())) for row in judged) for key in ("nothing", "with the digits", "mistaken")),
    )
    shares = [percent(count, fields, 3) for count in counts]
    return form, str(digits), str(fields), *shares, str(len(rows) - len(judged)), str(old)


TABLES: dict[str, Callable[[Found], Iterator[Table]]] = {
    "hostile": hostile,
    "strategies": strategies,
    "honest": honest,
    "right": right,
}


CREDIT = {"c": 1.0, "f": 1.0, "i": 0.5, "u": 0.5}
"""What the letters of a report earn, as a share."""


HEADING = ("what happened", "sheets", "lost", "gained", "points lost", "right steps that lost")


def right_steps_lost(before: dict, after: dict) -> int:
    """How many right steps, typed with the digits asked for, earn less than before: these have to be 0."""
    letters = zip(before.get("letters", ""), after.get("letters", ""), after.get("steps", ""), strict=False)
    return sum(step == RIGHT and CREDIT.get(new, 0.0) < CREDIT.get(old, 0.0) for old, new, step in letters)


def show_lost(before: Found, after: Found) -> None:
    """Print which honest sheets earn less than before, by what happened in them, and the worst of them."""
    both = [{"key": key, "before": row, "after": after[key]} for key, row in before.items()]
    judged = [{**one, "kind": one["before"]["kind"]} for one in both if not one["before"].get("raised")]
    for one in judged:  # what raises now earns nothing
        one["gain"] = one["after"]["given"] - one["before"]["given"]
        one["steps"] = right_steps_lost(one["before"], one["after"])
    rows = [_change(kind, part) for kind, part in [*grouped(judged, "kind").items(), ("all", judged)]]
    printed(Table("HONEST SHEETS, AGAINST BEFORE", HEADING, 1, rows))
    lost = [one for one in judged if one["gain"] < -LITTLE or one["steps"]]
    for one in sorted(lost, key=lambda one: (-one["steps"], one["gain"]))[:WORST]:
        print(f"{one['gain']:g} of {one['before']['max']:g}: {one['key']}")
        for when in ("before", "after"):
            print(f"    {when:6} {one[when].get('letters', 'raises')} {', '.join(one[when].get('named', []))}")
        print(f"    steps  {one['after'].get('steps', '')}")


def _change(kind: str, rows: list[dict]) -> Sequence[str]:
    lost = [-row["gain"] for row in rows if row["gain"] < -LITTLE]
    gained, steps = sum(row["gain"] > LITTLE for row in rows), sum(row["steps"] for row in rows)
    return kind, str(len(rows)), str(len(lost)), str(gained), f"{sum(lost):.1f}", str(steps)
