"""From a part of exercise.toml that asks for trained weights to what they are tried on."""

from collections.abc import Mapping

import numpy as np

from grader.catalog.format import ExerciseIn, PartIn
from grader.catalog.problems import Complaints
from grader.catalog.rows import rows_of
from grader.checking.exercise import Field, FieldKind, Part
from grader.checking.tolerance import Tolerance
from grader.checking.weights import Data, Demands, WeightsTask
from grader.engine.build import build_graph, without_gradient
from grader.engine.network import Network
from grader.engine.notation import symbol

UPLOAD = "weights"
"""The place for a file, in forms and requests."""


def trained_names(part: PartIn, network: Network) -> tuple[str, ...]:
    """Names of the weights and biases that a part asks for; none where it asks for something else."""
    return (*network.weights, *network.biases) if part.train == "all" else tuple(part.train or ())


def training_part(
    raw: ExerciseIn, part: PartIn, network: Network, files: Mapping[str, str], complaints: Complaints
) -> Part:
    """The part with its fields: a field per weight, one for a file, or a field per weight and a place for a file."""
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
    """LaTeX of a weight, or of the place for the file."""
    return r"\text{file}" if name == UPLOAD else symbol(name)


def weights_task(
    raw: ExerciseIn, part: PartIn, network: Network, files: Mapping[str, str], complaints: Complaints
) -> WeightsTask | None:
    """What the weights of a part are tried on; None where that is not said, which is complained of."""
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
