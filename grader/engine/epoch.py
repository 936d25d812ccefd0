"""One epoch of the perceptron rule by hand: row by row, w <- w + eta (t - y) x with x0 = 1 for the bias."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.engine.activations import ACTIVATIONS
from grader.engine.graph import Graph
from grader.engine.names import Array
from grader.engine.network import Network, Node
from grader.engine.notation import Kind, Quantity
from grader.engine.rules import Activate, WeightedSum


@dataclass(frozen=True, slots=True)
class PerceptronStep:
    """w + factor eta (t - y) x. Parents: w, eta, t, y, and x where the weight is no bias."""

    factor: float = 1.0
    with_rate: bool = True

    def __call__(self, *parents: Array) -> Array:
        """Return the weight after one row."""
        weight, rate, target, out, *inputs = parents
        step = (rate if self.with_rate else 1.0) * (target - out) * self.factor
        return weight + (step * inputs[0] if inputs else step)


def after(weight: str, row: int) -> str:
    """Return the name of a weight after a row: `w1_3`; before the first row its own name."""
    return f"{weight}_{row}" if row else weight


def given_at(name: str, row: int) -> str:
    """Return the name of an input or target in a row: `x1_row3`."""
    return f"{name}_row{row}"


def build_epoch(network: Network, rows: int) -> Graph:
    """Build the graph of an epoch for a network of one node.

    Args:
        network: one layer of one node, with a learning rate.
        rows: the number of data rows.

    Returns:
        For each row k the net input (`net_k`), the output (`out_k`) and every weight after it (`w1_k`), including a
        bias unless it is held.
    """
    node = network.outputs[0]
    parameters = (*network.weights, *network.biases)
    names = [*parameters, network.learning_rate or ""]
    names += [given_at(name, k) for k in range(1, rows + 1) for name in (*network.inputs, "target")]
    givens = [Quantity(name, Kind.GIVEN, name) for name in names]
    return Graph.of([*givens, *(q for k in range(1, rows + 1) for q in _row(network, node, k))])


def _row(network: Network, node: Node, row: int) -> Iterator[Quantity]:
    naming, at = network.naming, str(row)
    sources = {edge.weight: given_at(edge.source, row) for edge in node.edges}
    parents = [name for weight, source in sources.items() for name in (after(weight, row - 1), source)]
    if node.bias:
        parents.append(after(node.bias, row - 1) if network.trains_biases else node.bias)
    yield Quantity(naming.net(at), Kind.NET, at, tuple(parents), WeightedSum(len(sources)))
    activation = Activate(network.layers[-1].function(node))
    yield Quantity(naming.out(at), Kind.ACTIVATION, at, (naming.net(at),), activation)
    for weight in (*(network.biases if network.trains_biases else ()), *network.weights):
        source = (sources[weight],) if weight in sources else ()
        known = (after(weight, row - 1), network.learning_rate or "", given_at("target", row), naming.out(at))
        yield Quantity(after(weight, row), Kind.UPDATE, weight, (*known, *source), PerceptronStep())


def epoch_in_fractions(
    network: Network, rows: Sequence[tuple[Mapping[str, float], float]], start: Mapping[str, float]
) -> dict[str, float]:
    """Compute the same epoch in exact rational arithmetic, without the rules of the graph.

    Args:
        network: as for `build_epoch`.
        rows: inputs and target of each row.
        start: the weights and the learning rate.

    Returns:
        Every computed quantity by name.
    """
    exact = {name: Fraction(str(value)) for name, value in start.items()}
    node, values = network.outputs[0], dict[str, float]()
    row_of = ACTIVATIONS[network.layers[-1].function(node)]
    low, high = Fraction(int(row_of.low)), Fraction(int(row_of.high))
    for k, (inputs, target) in enumerate(rows, start=1):
        x = {name: Fraction(str(value)) for name, value in inputs.items()}
        net = sum(
            (exact[edge.weight] * x[edge.source] for edge in node.edges), exact[node.bias] if node.bias else Fraction()
        )
        out = high if net >= 0 else low
        step = exact[network.learning_rate or ""] * (Fraction(str(target)) - out)
        changes = {edge.weight: step * x[edge.source] for edge in node.edges}
        changes |= {node.bias: step} if node.bias and network.trains_biases else {}
        exact |= {weight: exact[weight] + change for weight, change in changes.items()}
        values |= {network.naming.net(str(k)): float(net), network.naming.out(str(k)): float(out)}
        values |= {after(weight, k): float(exact[weight]) for weight in changes}
    return values
