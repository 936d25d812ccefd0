"""Each rule as a LaTeX formula, of symbols or of numbers, in the notation of the lecture."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from grader.engine import rules
from grader.engine.activations import ACTIVATIONS, SOFTMAX
from grader.engine.epoch import PerceptronStep
from grader.engine.network import LOSSES
from grader.engine.notation import Rule

TIMES = r" \cdot "


def formula(rule: Rule, parents: Sequence[str]) -> str:
    """Return the LaTeX of a rule with its parents inserted.

    Args:
        rule: of a quantity of the graph.
        parents: LaTeX of each parent, symbols or numbers, in the order of the rule.
    """
    return FORMULAS[type(rule)](rule, parents)


def _weighted_sum(rule: rules.WeightedSum, parents: Sequence[str]) -> str:
    terms = [parents[2 * k] + TIMES + parents[2 * k + 1] for k in range(rule.terms)]
    return " + ".join([*terms, *parents[2 * rule.terms :]])


def _activate(rule: rules.Activate, parents: Sequence[str]) -> str:
    return ACTIVATIONS[rule.activation].formula.format(net=parents[0])


def _share(rule: rules.Share, parents: Sequence[str]) -> str:
    return rf"\frac{{e^{{{parents[rule.index]}}}}}{{{' + '.join(f'e^{{{net}}}' for net in parents)}}}"


def _slope(rule: rules.SlopeOfOutput | rules.SlopeOfNet, parents: Sequence[str]) -> str:
    if rule.activation == SOFTMAX:
        return rf"{parents[0]} (1 - {parents[0]})"
    return ACTIVATIONS[rule.activation].slope.format(out=parents[0], net=parents[0])


def _perceptron(_: PerceptronStep, parents: Sequence[str]) -> str:
    weight, rate, target, out, *inputs = parents
    step = rf"{weight} + {rate} ({target} - {out})"
    return step + TIMES + inputs[0] if inputs else step


FORMULAS: Mapping[type[Any], Callable[[Any, Sequence[str]], str]] = MappingProxyType(
    {
        rules.WeightedSum: _weighted_sum,
        rules.Activate: _activate,
        rules.Share: _share,
        rules.NodeError: lambda rule, p: LOSSES[rule.loss].formula.format(target=p[0], out=p[1]),
        rules.Sum: lambda _, p: " + ".join(p),
        rules.Mean: lambda _, p: rf"\frac{{{' + '.join(p)}}}{{{len(p)}}}",
        rules.LossSlope: lambda rule, p: LOSSES[rule.loss].slope_formula.format(
            target=p[0], out=p[1], count=rule.outputs
        ),
        rules.SlopeOfOutput: _slope,
        rules.SlopeOfNet: _slope,
        rules.Same: lambda _, p: p[0],
        rules.Product: lambda _, p: TIMES.join(p),
        rules.Difference: lambda _, p: f"{p[0]} - {p[1]}",
        rules.Descend: lambda _, p: f"{p[0]} - {p[1]}{TIMES}{p[2]}",
        PerceptronStep: _perceptron,
    }
)
"""The formula of each rule."""
