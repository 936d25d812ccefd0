"""Parts that ask for trained weights: epochs, and the rows on which weights are evaluated."""

import csv
import math
from collections.abc import Mapping, Sequence

import numpy as np

from grader.catalog.format import DataIn, ExerciseIn, PartIn
from grader.catalog.topology import functions
from grader.catalog.validation import Complaints
from grader.engine.build import build_graph, without_gradient
from grader.engine.data import Recipe, make_rows
from grader.engine.epoch import given_at
from grader.engine.names import Array
from grader.engine.network import Network
from grader.engine.notation import symbol
from grader.judging.exercise import Field, FieldKind, Part
from grader.judging.tolerance import Tolerance
from grader.judging.weights.task import Data, Demands, WeightsTask

THRESHOLDS = {"step", "sign"}


def check_training(raw: ExerciseIn, complaints: Complaints) -> None:
    """Check that an epoch has one threshold node, a learning rate, and rows with every input and the target."""
    if raw.training is None:
        return
    layers = raw.network.layers
    if len(layers) != 1 or len(layers[0].nodes) != 1 or functions(layers[0])[0] not in THRESHOLDS:
        complaints.add("training.rule", "the perceptron rule needs one layer of one node, with step or sign")
        return
    if raw.network.learning_rate is None or raw.network.loss is not None:
        complaints.add("network", "the perceptron rule needs a learning_rate, and knows no loss")
    wanted = {*raw.network.inputs, layers[0].nodes[0]}
    for k, row in enumerate(raw.training.rows):
        if set(row) != wanted:
            complaints.add(f"training.rows.{k}", f"must give {', '.join(sorted(wanted))} and nothing else")


def epoch_rows(raw: ExerciseIn) -> tuple[tuple[Mapping[str, float], float], ...]:
    """Return inputs and target of each row."""
    if raw.training is None:
        return ()
    node = raw.network.layers[0].nodes[0]
    return tuple(({name: row[name] for name in raw.network.inputs}, row[node]) for row in raw.training.rows)


def row_values(raw: ExerciseIn) -> dict[str, float]:
    """Return the given values of all rows, by their names in the graph."""
    return {
        given_at(name, k): value
        for k, (inputs, target) in enumerate(epoch_rows(raw), start=1)
        for name, value in (*inputs.items(), ("target", target))
    }


MOST_ROWS = 10_000
INPUTS_MADE = 2
"""Generators produce two inputs and one output."""


def rows_of(part: PartIn, network: Network, files: Mapping[str, str], key: str, complaints: Complaints) -> Data | None:
    """Return the data of a part; None after reporting a problem."""
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


UPLOAD = "weights"
"""The name of the file field, in forms and requests."""


def trained_names(part: PartIn, network: Network) -> tuple[str, ...]:
    """Return the weights and biases that a part asks for; empty if it asks for something else."""
    return (*network.weights, *network.biases) if part.train == "all" else tuple(part.train or ())


def training_part(
    raw: ExerciseIn, part: PartIn, network: Network, files: Mapping[str, str], complaints: Complaints
) -> Part:
    """Return the part with its fields: one per weight, one for a file, or both."""
    names = trained_names(part, network)
    upload = None if part.answer == "fields" else UPLOAD
    if upload in {*network.inputs, *names}:
        complaints.add("parts", f"{upload} is what the place for the file is called; give the weight another name")
    asked = (UPLOAD,) if part.answer == "file" else names
    kind = FieldKind.FILE if part.answer == "file" else FieldKind.NUMBER
    fields = tuple(Field(name, label_of(name), part.points / len(asked), Tolerance(), kind) for name in asked)
    number = raw.parts.index(part) + 1
    task = weights_task(raw, part, network, files, complaints)
    return Part(f"part-{number}", part.title, fields, task, upload, part.titles)


def label_of(name: str) -> str:
    """Return the LaTeX label of a weight, or of the file field."""
    return r"\text{file}" if name == UPLOAD else symbol(name)


def weights_task(
    raw: ExerciseIn, part: PartIn, network: Network, files: Mapping[str, str], complaints: Complaints
) -> WeightsTask | None:
    """Return how the weights of a part are evaluated; None after reporting a problem."""
    key = f"parts.{raw.parts.index(part)}"
    if sum(other.train is not None for other in raw.parts) > 1:
        complaints.add(key, "is the second part with `train`; a network is trained once")
    data = rows_of(part, network, files, key, complaints)
    if data is None:
        return None
    _check_demands(part, network, data, key, complaints)
    names = trained_names(part, network)
    graph = build_graph(network).needed_for(data.targets)
    fixed = {name: raw.values[name] for name in graph.given if name in raw.values and name not in names}
    return WeightsTask(network, graph, fixed, names, data, _demands(part), part.orientation)


def _demands(part: PartIn) -> Demands:
    bounds = (part.bounds[0], part.bounds[1]) if part.bounds else None
    return Demands(part.within, part.loss_below, part.accuracy, bounds, part.integers)


def _check_demands(part: PartIn, network: Network, data: Data, key: str, complaints: Complaints) -> None:
    if part.loss_below is not None and network.loss is None:
        complaints.add(f"{key}.loss_below", "without network.loss there is no loss")
    if part.bounds is not None and part.bounds[0] >= part.bounds[1]:
        complaints.add(f"{key}.bounds", "must be the least and the greatest value, in this order")
    has_width = part.within is not None or not {node.name for node in network.outputs}.isdisjoint(
        without_gradient(network)
    )
    has_sides = not has_width and (part.accuracy is not None or part.loss_below is None)
    if has_sides and any(len(np.unique(values)) == 1 for values in data.targets.values()):
        reason = "every row has the same target, so there is no wrong side: say how far off it may be (or loss_below)"
        complaints.add(f"{key}.within", reason)
