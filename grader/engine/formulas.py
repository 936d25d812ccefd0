"""Each rule as a LaTeX formula, of symbols or of numbers, in the notation of the lecture."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from grader.engine.activations import ACTIVATIONS, SOFTMAX
from grader.engine.epoch import PerceptronStep
from grader.engine.network import LOSSES
from grader.engine.notation import Rule
from grader.engine.rules import (
    Activate,
    Descend,
    Difference,
    LossSlope,
    Mean,
    NodeError,
    Product,
    Same,
    Share,
    SlopeOfNet,
    SlopeOfOutput,
    Sum,
    WeightedSum,
)

TIMES = r" \cdot "


def formula(rule: Rule, parents: Sequence[str]) -> str:
    """Return the LaTeX of a rule with its parents inserted.

    Args:
        rule: of a quantity of the graph.
        parents: LaTeX of each parent, symbols or numbers, in the order of the rule.
    """
    return FORMULAS[type(rule)](rule, parents)


def _weighted_sum(rule: WeightedSum, parents: Sequence[str]) -> str:
    terms = [parents[2 * k] + TIMES + parents[2 * k + 1] for k in range(rule.terms)]
    return " + ".join([*terms, *parents[2 * rule.terms :]])


def _activate(rule: Activate, parents: Sequence[str]) -> str:
    return ACTIVATIONS[rule.activation].formula.format(net=parents[0])


def _share(rule: Share, parents: Sequence[str]) -> str:
    return rf"\frac{{e^{{{parents[rule.index]}}}}}{{{' + '.join(f'e^{{{net}}}' for net in parents)}}}"


def _slope(rule: SlopeOfOutput | SlopeOfNet, parents: Sequence[str]) -> str:
    if rule.activation == SOFTMAX:
        return rf"{parents[0]} (1 - {parents[0]})"
    return ACTIVATIONS[rule.activation].slope.format(out=parents[0], net=parents[0])


def _perceptron(_: PerceptronStep, parents: Sequence[str]) -> str:
    weight, rate, target, out, *inputs = parents
    step = rf"{weight} + {rate} ({target} - {out})"
    return step + TIMES + inputs[0] if inputs else step


FORMULAS: Mapping[type[Any], Callable[[Any, Sequence[str]], str]] = MappingProxyType(
    {
        WeightedSum: _weighted_sum,
        Activate: _activate,
        Share: _share,
        NodeError: lambda rule, p: LOSSES[rule.loss].formula.format(target=p[0], out=p[1]),
        Sum: lambda _, p: " + ".join(p),
        Mean: lambda _, p: rf"\frac{{{' + '.join(p)}}}{{{len(p)}}}",
        LossSlope: lambda rule, p: LOSSES[rule.loss].slope_formula.format(target=p[0], out=p[1], count=rule.outputs),
        SlopeOfOutput: _slope,
        SlopeOfNet: _slope,
        Same: lambda _, p: p[0],
        Product: lambda _, p: TIMES.join(p),
        Difference: lambda _, p: f"{p[0]} - {p[1]}",
        Descend: lambda _, p: f"{p[0]} - {p[1]}{TIMES}{p[2]}",
        PerceptronStep: _perceptron,
    }
)
"""The formula of each rule."""
