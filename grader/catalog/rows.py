"""The rows that weights are tried on: written in exercise.toml, in a file beside it, or made by seeded code."""

import csv
import math
from collections.abc import Mapping, Sequence

import numpy as np

from grader.catalog.format import DataIn, PartIn
from grader.catalog.problems import Complaints
from grader.checking.weights import Data
from grader.engine.arrays import Array
from grader.engine.data import Recipe, make_rows
from grader.engine.network import Network

MOST_ROWS = 10_000
INPUTS_MADE = 2
"""Generators make two inputs and one output."""


def rows_of(part: PartIn, network: Network, files: Mapping[str, str], key: str, complaints: Complaints) -> Data | None:
    """The data of a part; None where it can't be had, which is complained of."""
    if (part.rows is None) == (part.data is None):
        reason = "weights are judged by what they do: give either `rows` or `data`, where the rows come from"
        complaints.add(f"{key}.rows", reason)
        return None
    if part.rows is not None:
        return _data(network, _written(part.rows, network, f"{key}.rows", complaints))
    source = part.data or DataIn()
    if (source.file is None) == (source.generator is None):
        complaints.add(f"{key}.data", "needs either `file` or `generator`")
        return None
    if source.file is not None:
        columns = _from_file(source.file, files, network, f"{key}.data.file", complaints)
    else:
        columns = _generated(source, network, f"{key}.data", complaints)
    return _data(network, columns, hidden=source.hidden)


def _data(network: Network, columns: Mapping[str, Array], *, hidden: bool = False) -> Data | None:
    if not columns:
        return None
    inputs = {name: columns[name] for name in network.inputs}
    return Data(inputs, {network.naming.out(node.name): columns[node.name] for node in network.outputs}, hidden)


def _columns(network: Network) -> tuple[str, ...]:
    return (*network.inputs, *(node.name for node in network.outputs))


def _written(
    rows: Sequence[Mapping[str, float]], network: Network, key: str, complaints: Complaints
) -> dict[str, Array]:
    wanted = _columns(network)
    for k, row in enumerate(rows):
        if set(row) != set(wanted):
            complaints.add(f"{key}.{k}", f"must give {', '.join(wanted)} and nothing else")
            return {}
    return {name: np.array([row[name] for row in rows], dtype=np.float64) for name in wanted}


def _from_file(
    name: str, files: Mapping[str, str], network: Network, key: str, complaints: Complaints
) -> dict[str, Array]:
    if name not in files:
        complaints.add(key, f"there is no {name} in the folder")
        return {}
    wanted = _columns(network)
    lines = list(csv.reader(files[name].splitlines()))
    if not lines or tuple(lines[0]) != wanted:
        complaints.add(key, f"line 1 of {name} must be the heading {','.join(wanted)}")
        return {}
    rows: list[list[float]] = []
    for number, line in enumerate(lines[1:], start=2):
        values = [_number(text) for text in line]
        if len(values) != len(wanted) or not all(math.isfinite(value) for value in values):
            complaints.add(key, f"line {number} of {name} must hold {len(wanted)} numbers")
            return {}
        rows.append(values)
    if not 1 <= len(rows) <= MOST_ROWS:
        complaints.add(key, f"{name} has {len(rows)} rows; 1 to {MOST_ROWS} are needed")
        return {}
    return dict(zip(wanted, np.array(rows).T, strict=True))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _generated(source: DataIn, network: Network, key: str, complaints: Complaints) -> dict[str, Array]:
    for name in ("seed", "count"):
        if getattr(source, name) is None:
            complaints.add(f"{key}.{name}", "is needed with `generator`, so that the rows are the same everywhere")
    if len(network.inputs) != INPUTS_MADE or len(network.outputs) != 1:
        complaints.add(f"{key}.generator", "makes two inputs and one output; the network has others")
    if source.seed is None or source.count is None or len(network.inputs) != INPUTS_MADE or len(network.outputs) != 1:
        return {}
    points, which = make_rows(source.generator or "", Recipe(source.seed, source.count, source.noise))
    return dict(zip(_columns(network), (*points.T, which), strict=True))
