"""What to tell an author who names something that is not there."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from grader.engine.build import without_gradient
from grader.engine.graph import Graph
from grader.engine.network import Network


def not_computed(name: str, network: Network, graph: Graph) -> str:
    """Why a quantity is not in the graph, and which names are like it."""
    near = get_close_matches(name, [quantity.name for quantity in graph.computed], n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    if held := _held_bias(name, network):
        return f"{name} is not computed: with train_biases = false, {held} keeps its value"
    flat = without_gradient(network)
    if flat and network.loss:
        return f"{name} is not computed: node {flat[0]} has a step, which has no gradient{hint}"
    if not network.loss:
        return f"{name} is not computed: without network.loss there is only the forward pass{hint}"
    if not network.learning_rate:
        return f"{name} is not computed: without network.learning_rate nothing is updated{hint}"
    return f"{name} is not computed by this network{hint}"


def _held_bias(name: str, network: Network) -> str | None:
    """The bias whose value after a step, or after a row of an epoch, a name stands for, where biases are held."""
    if network.trains_biases or not network.learning_rate:
        return None
    return next(
        (b for b in network.biases if name == network.naming.update(b) or re.fullmatch(rf"{b}_\d+", name)), None
    )


def near(name: str, names: Sequence[str]) -> str:
    """The end of a sentence that offers the one name that is like it, if any."""
    found = get_close_matches(name, names, n=1)
    return f"; did you mean {found[0]}?" if found else ""
