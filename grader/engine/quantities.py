"""Quantities: named values of the computation, each with its parents and its rule."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from grader.engine.arrays import Array


class Kind(StrEnum):
    """What a quantity is; mistakes rewrite all quantities of one kind."""

    GIVEN = "given"
    NET = "net"
    ACTIVATION = "activation"
    ERROR = "error"
    TOTAL_ERROR = "total-error"
    ERROR_SLOPE = "error-slope"
    SLOPE = "slope"
    FACTOR = "factor"
    DELTA = "delta"
    GRADIENT = "gradient"
    UPDATE = "update"


class Rule(Protocol):
    """How a quantity follows from its parents, elementwise over the batch."""

    def __call__(self, *parents: Array) -> Array:
        """The value, for the parents' values in the order of `Quantity.parents`."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One named value.

    Attributes:
        name: unique in its graph.
        kind: what it is.
        at: the node, weight or bias that it belongs to ("" for totals).
        parents: names of the quantities that its rule takes, in this order.
        rule: how it follows from them; None for given values.
        after_step: whether it belongs to the forward pass with the updated weights.
    """

    name: str
    kind: Kind
    at: str
    parents: tuple[str, ...] = ()
    rule: Rule | None = None
    after_step: bool = False
