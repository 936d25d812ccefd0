"""Whether the tables of exercise.toml go together; what each of them says alone is checked before."""

import math
from collections.abc import Mapping

from grader.catalog.format import ExerciseIn, PartIn
from grader.catalog.problems import Complaints
from grader.engine.graph import Graph
from grader.engine.losses import CROSS_ENTROPY
from grader.engine.network import Network
from grader.engine.quantities import Kind

OF_TRAINING = (
    "rows", "data", "within", "loss_below", "accuracy", "bounds", "integers", "answer", "orientation",
)  # fmt: skip
"""Keys of a part that say something of trained weights."""

WHOLE = 1e-9
"""How far the targets of a softmax layer may be off 1."""


def check_coherence(raw: ExerciseIn, network: Network, graph: Graph, complaints: Complaints) -> None:
    """Complain of keys that would be passed over in silence, and of weights and targets that don't fit together."""
    for k, part in enumerate(raw.parts):
        _check_keys(part, f"parts.{k}", complaints)
        _check_others(raw, part, f"parts.{k}.train", complaints)
    _check_shares(network, raw.values, complaints)
    if raw.vary is not None and all(part.formulas for part in raw.parts):
        complaints.add("vary", "there is nothing to draw where only formulas are asked; they hold for all values")
    for name, own in raw.tolerance.fields.items():
        if own.of_change is not None and name in graph and graph[name].kind is not Kind.UPDATE:
            complaints.add(f"tolerance.fields.{name}.of_change", "is for updated weights; this is none")


def _check_keys(part: PartIn, key: str, complaints: Complaints) -> None:
    for name in OF_TRAINING:
        if part.train is None and name in part.model_fields_set:
            complaints.add(f"{key}.{name}", "belongs to `train`; what is computed is compared with its reference")


def _check_others(raw: ExerciseIn, part: PartIn, key: str, complaints: Complaints) -> None:
    """Weights are tried part by part: what another part looks for has no value here."""
    found = {name for other in raw.parts for name in _listed(other)} - {*raw.values, *_listed(part)}
    for name in sorted(found if part.train else ()):
        complaints.add(key, f"{name} is to be found in another part; weights that are tried together need one part")


def _listed(part: PartIn) -> list[str]:
    return part.train if isinstance(part.train, list) else []


def _check_shares(network: Network, values: Mapping[str, float], complaints: Complaints) -> None:
    if network.loss != CROSS_ENTROPY or not network.targets() or not values.keys() >= set(network.targets()):
        return
    whole = math.fsum(values[name] for name in network.targets())
    if abs(whole - 1.0) > WHOLE:
        complaints.add("values", f"the targets of a softmax layer must add up to 1; these add up to {whole:g}")
