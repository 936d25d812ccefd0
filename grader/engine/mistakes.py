"""The table of mistakes: wrong procedures that the engine can execute.

Each row has an id and one or more rewrites of the graph. The wording is in `grader.messages.mistakes`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

from grader.engine.graph import Graph
from grader.engine.network import Network
from grader.engine.rewrites import backward, forward, step
from grader.engine.rewrites.select import Rewrite

PAIRED_PATHS = 4
"""The number of a mistake's variants by path that are also tried together with another mistake."""

SWAPPED = "fields-swapped"
"""The only mistake that is not a rewrite: two correct values in each other's place."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One row.

    Attributes:
        id: as in reports.
        ways: the rewrites it may mean; each explains fields on its own.
        by_path: one more rewrite for each path into a hidden node, by the index of the path.
    """

    id: str
    ways: tuple[Rewrite, ...]
    by_path: Callable[[int], Rewrite] | None = None

    def rewrites(self, paths: int) -> tuple[Rewrite, ...]:
        """Return all its rewrites if up to this many paths lead into a hidden node."""
        return (*(self.by_path(k) for k in range(paths)), *self.ways) if self.by_path else self.ways


_WAYS: Mapping[str, tuple[Rewrite, ...]] = MappingProxyType(
    {
        "stale-weights": (backward.stale_weights,),
        "output-derivative-missing": (backward.output_derivative_missing,),
        "hidden-derivative-missing": (backward.hidden_derivative_missing,),
        "derivative-at-output": (backward.derivative_at_output,),
        "half-missing": (backward.half_missing,),
        "error-sign": (backward.error_sign, backward.delta_sign),
        "mean-for-sum": (backward.mean_for_sum,),
        "ascent": (step.ascent,),
        "rate-missing": (step.rate_missing,),
        "rate-doubled": (step.rate_doubled,),
        "not-updated": (step.not_updated,),
        "backward-transposed": (backward.backward_transposed,),
        "forward-transposed": (forward.forward_transposed,),
        "single-path": (backward.own_path,),
        "path-missing": (),
        "bias-missing": (forward.bias_missing,),
        "bias-subtracted": (forward.bias_subtracted,),
        "bias-trained": (step.bias_trained, step.bias_trained_per_node, step.bias_trained_row_by_row),
        "input-for-activation": (backward.input_for_activation, forward.input_for_activation_forward),
        "step-zero-at-zero": (forward.step_zero_at_zero,),
        "activation-missing": (forward.activation_missing,),
        "net-for-out": (forward.net_for_out,),
        "tanh-for-half-tanh": (forward.activation_for("tanh", "half-tanh"),),
        "tanh-for-logistic": (forward.activation_for("tanh", "logistic"),),
        "logistic-for-tanh": (forward.activation_for("logistic", "tanh"),),
        "softmax-unnormalised": (forward.softmax_unnormalised,),
        "sign-for-step": (forward.activation_for("sign", "step"),),
        SWAPPED: (),
    }
)

_BY_PATH: Mapping[str, Callable[[int], Rewrite]] = MappingProxyType(
    {"single-path": backward.single_path, "path-missing": backward.path_missing}
)

MISTAKES: Mapping[str, Mistake] = MappingProxyType(
    {name: Mistake(name, ways, _BY_PATH.get(name)) for name, ways in _WAYS.items()}
)
"""All mistakes by id, the more common ones first: if two explain equally much, the first is named."""


@dataclass(frozen=True)
class MistakeRewrite:
    """One mistake, or two together, applied to a graph."""

    mistakes: tuple[str, ...]
    graph: Graph

    @property
    def id(self) -> str:
        """The id as in reports: `ascent`, or `half-missing+stale-weights`."""
        return "+".join(self.mistakes)


def single_ways(network: Network, graph: Graph) -> tuple[MistakeRewrite, ...]:
    """Return each variant of each mistake that changes anything in this graph."""
    return tuple(
        MistakeRewrite((mistake.id,), changed)
        for mistake in MISTAKES.values()
        for rewrite in mistake.rewrites(_most_paths(network))
        if (changed := _apply(rewrite, network, graph)) is not None
    )


def pair_ways(network: Network, graph: Graph) -> tuple[MistakeRewrite, ...]:
    """Return two different mistakes together, if the second still changes something after the first."""
    paths = min(PAIRED_PATHS, _most_paths(network))
    rows = [(m.id, rewrite) for m in MISTAKES.values() for rewrite in m.rewrites(paths)]
    return tuple(_pairs(network, [(i, r, g) for i, r in rows if (g := _apply(r, network, graph)) is not None]))


def _pairs(network: Network, rows: list[tuple[str, Rewrite, Graph]]) -> Iterator[MistakeRewrite]:
    for (one, _, first), (other, rewrite, _) in combinations(rows, 2):
        if one != other and (both := _apply(rewrite, network, first)) is not None:
            yield MistakeRewrite((one, other), both)


def _most_paths(network: Network) -> int:
    """Return the number of paths into the hidden node with the most outgoing edges."""
    return max((len(layer.nodes) for layer in network.layers[1:]), default=0)


def _apply(rewrite: Rewrite, network: Network, graph: Graph) -> Graph | None:
    changes = {quantity.name: quantity for quantity in rewrite(network, graph)}
    if all(graph.quantities.get(name) == quantity for name, quantity in changes.items()):
        return None
    return Graph.of({**graph.quantities, **changes}.values())
