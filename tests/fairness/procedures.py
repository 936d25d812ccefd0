"""Wrong procedures, each done by hand: those that the table of mistakes knows under some name, and many that it doesn't."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tests.fairness.hand import FUNCTIONS, HALF, MOST, SLOPES, SOFTMAX, Path, Place, Procedure


class SignLostInHiddenLayers(Procedure):
    def delta(self, error_slope: float, slope: float, at: Place) -> float:
        return super().delta(error_slope, slope, at) * (1 if at.is_output else -1)


class SignLostInOutputLayer(Procedure):
    def delta(self, error_slope: float, slope: float, at: Place) -> float:
        return super().delta(error_slope, slope, at) * (-1 if at.is_output else 1)


class TargetMinusOut(Procedure):
    def error_slope(self, loss: str, target: float, out: float, count: int) -> float:
        return -super().error_slope(loss, target, out, count)


class PassAfterStepWithOldWeights(Procedure):
    def after_step(self, old: float, new: float, *, is_output: bool) -> float:  # noqa: ARG002 - one signature for every procedure
        return old


class PassAfterStepNewInOutputLayerAlone(Procedure):
    def after_step(self, old: float, new: float, *, is_output: bool) -> float:
        return new if is_output else old


class HalfTanhSlopeWithoutHalf(Procedure):
    def slope(self, at: Place) -> float:
        return super().slope(at) * (2.0 if at.activation == "half-tanh" else 1.0)


class HalfOfEverySlope(Procedure):
    def slope(self, at: Place) -> float:
        return super().slope(at) / 2


class ReluSlopeOne(Procedure):
    def slope(self, at: Place) -> float:
        return 1.0 if at.activation == "relu" else super().slope(at)


class SlopeOnePlusOut(Procedure):
    def slope(self, at: Place) -> float:
        return at.out * (1.0 + at.out) if at.activation in {"logistic", SOFTMAX} else super().slope(at)


class SlopeSquareMissing(Procedure):
    def slope(self, at: Place) -> float:
        match at.activation:
            case "tanh":
                return 1.0 - at.out
            case "half-tanh":
                return (1.0 - at.out) / 2
            case _:
                return super().slope(at)


class SlopeAtNet(Procedure):
    def slope(self, at: Place) -> float:
        return SLOPES[at.activation](at.net, at.net)


class LogisticSlopeForTanh(Procedure):
    def slope(self, at: Place) -> float:
        return at.out * (1.0 - at.out) if at.activation in {"tanh", "half-tanh"} else super().slope(at)


class TanhSlopeForLogistic(Procedure):
    def slope(self, at: Place) -> float:
        return 1.0 - at.out**2 if at.activation == "logistic" else super().slope(at)


class LogisticForTanh(Procedure):
    def out(self, activation: str, net: float) -> float:
        return FUNCTIONS[_logistic_for_tanh(activation)](net)

    def slope(self, at: Place) -> float:
        return SLOPES[_logistic_for_tanh(at.activation)](at.net, at.out)


class TanhForLogistic(Procedure):
    def out(self, activation: str, net: float) -> float:
        return FUNCTIONS["tanh" if activation == "logistic" else activation](net)

    def slope(self, at: Place) -> float:
        return SLOPES["tanh" if at.activation == "logistic" else at.activation](at.net, at.out)


class TanhForHalfTanh(Procedure):
    def out(self, activation: str, net: float) -> float:
        return FUNCTIONS["tanh" if activation == "half-tanh" else activation](net)

    def slope(self, at: Place) -> float:
        return SLOPES["tanh" if at.activation == "half-tanh" else at.activation](at.net, at.out)


class SignInsideExponential(Procedure):
    def out(self, activation: str, net: float) -> float:
        return FUNCTIONS[activation](-net if activation == "logistic" else net)


class LeakyRelu(Procedure):
    def out(self, activation: str, net: float) -> float:
        return 0.01 * net if activation == "relu" and net < 0 else super().out(activation, net)

    def slope(self, at: Place) -> float:
        return 0.01 if at.activation == "relu" and at.net < 0 else super().slope(at)


class AbsoluteForRelu(Procedure):
    def out(self, activation: str, net: float) -> float:
        return abs(net) if activation == "relu" else super().out(activation, net)


class ActivationForgotten(Procedure):
    def out(self, activation: str, net: float) -> float:  # noqa: ARG002 - one signature for every procedure
        return net


class ThresholdSubtracted(Procedure):
    def net(self, terms: Sequence[tuple[float, float]], bias: float) -> float:
        return super().net(terms, -bias)


class BiasForgotten(Procedure):
    def net(self, terms: Sequence[tuple[float, float]], bias: float) -> float:  # noqa: ARG002 - one signature for every procedure
        return super().net(terms, 0.0)


class LastOfSeveralTermsForgotten(Procedure):
    def net(self, terms: Sequence[tuple[float, float]], bias: float) -> float:
        return super().net(terms[:-1] or terms, bias)


class StepZeroAtZero(Procedure):
    def out(self, activation: str, net: float) -> float:
        if net == 0 and activation in {"step", "sign"}:
            return 0.0 if activation == "step" else -1.0
        return super().out(activation, net)


class SharesOfNets(Procedure):
    def shares(self, nets: Sequence[float]) -> list[float]:
        return [net / sum(nets) if sum(nets) else math.nan for net in nets]


class SharesNotNormalised(Procedure):
    def shares(self, nets: Sequence[float]) -> list[float]:
        return [math.exp(min(net, MOST)) for net in nets]


class DiagonalOfSoftmaxAlone(Procedure):
    def delta(self, error_slope: float, slope: float, at: Place) -> float:
        return error_slope * slope if at.activation == SOFTMAX else super().delta(error_slope, slope, at)


class SoftmaxWithExtraSlope(Procedure):
    def delta(self, error_slope: float, slope: float, at: Place) -> float:
        found = super().delta(error_slope, slope, at)
        return found * slope if at.activation == SOFTMAX else found


class LogarithmToBaseTen(Procedure):
    def logarithm(self, value: float) -> float:
        return math.log10(value) if value > 0 else math.nan


class ErrorWithoutSquare(Procedure):
    def error(self, loss: str, target: float, out: float) -> float:
        return abs(target - out) if loss != "cross-entropy" else super().error(loss, target, out)


class HalfForgotten(Procedure):
    def error(self, loss: str, target: float, out: float) -> float:
        return super().error(loss, target, out) * (2.0 if loss == "half-squared" else 1.0)

    def error_slope(self, loss: str, target: float, out: float, count: int) -> float:
        return super().error_slope(loss, target, out, count) * (2.0 if loss == "half-squared" else 1.0)


class FactorTwoOfSquareForgotten(Procedure):
    def error_slope(self, loss: str, target: float, out: float, count: int) -> float:
        return super().error_slope(loss, target, out, count) / (2.0 if loss == "mean-squared" else 1.0)


class SumForMean(Procedure):
    def total(self, loss: str, errors: Sequence[float]) -> float:  # noqa: ARG002 - one signature for every procedure
        return math.fsum(errors)

    def error_slope(self, loss: str, target: float, out: float, count: int) -> float:
        return super().error_slope(loss, target, out, 1 if loss == "mean-squared" else count)


class MeanForSum(Procedure):
    def total(self, loss: str, errors: Sequence[float]) -> float:  # noqa: ARG002 - one signature for every procedure
        return math.fsum(errors) / len(errors)


class SentBackThroughUpdatedWeights(Procedure):
    def sent_back(self, paths: Sequence[Path]) -> float:
        return math.fsum(path.new * path.delta for path in paths)


class FirstPathAlone(Procedure):
    def sent_back(self, paths: Sequence[Path]) -> float:
        return super().sent_back(paths[:1])


class LastPathAlone(Procedure):
    def sent_back(self, paths: Sequence[Path]) -> float:
        return super().sent_back(paths[-1:])


class MeanOfPaths(Procedure):
    def sent_back(self, paths: Sequence[Path]) -> float:
        return super().sent_back(paths) / max(1, len(paths))


class WeightsForgottenOnTheWayBack(Procedure):
    def sent_back(self, paths: Sequence[Path]) -> float:
        return math.fsum(path.delta for path in paths)


class SlopeForgotten(Procedure):
    def delta(self, error_slope: float, slope: float, at: Place) -> float:  # noqa: ARG002 - one signature for every procedure
        return super().delta(error_slope, 1.0, at)


class SlopeForgottenInHiddenLayers(Procedure):
    def delta(self, error_slope: float, slope: float, at: Place) -> float:
        return super().delta(error_slope, slope if at.is_output else 1.0, at)


class SlopeTwice(Procedure):
    def delta(self, error_slope: float, slope: float, at: Place) -> float:
        return super().delta(error_slope, slope * slope, at)


class SlopeTakenForDelta(Procedure):
    def delta(self, error_slope: float, slope: float, at: Place) -> float:  # noqa: ARG002 - one signature for every procedure
        return slope


class DeltaTimesOut(Procedure):
    def delta(self, error_slope: float, slope: float, at: Place) -> float:
        return super().delta(error_slope, slope, at) * at.out


class WeightTakenForFactor(Procedure):
    def factor(self, weight: float, source: float, source_net: float) -> float:  # noqa: ARG002 - one signature for every procedure
        return weight


class NetTakenForFactor(Procedure):
    def factor(self, weight: float, source: float, source_net: float) -> float:  # noqa: ARG002 - one signature for every procedure
        return source_net


class GradientWithoutFactor(Procedure):
    def gradient(self, delta: float, factor: float) -> float:  # noqa: ARG002 - one signature for every procedure
        return delta


class GradientNegated(Procedure):
    def gradient(self, delta: float, factor: float) -> float:
        return -super().gradient(delta, factor)

    def update(self, weight: float, rate: float, gradient: float) -> float:
        return weight + rate * gradient


class BiasGradientZero(Procedure):
    def bias_gradient(self, deltas: Sequence[float], bias: float) -> float:  # noqa: ARG002 - one signature for every procedure
        return 0.0


class BiasGradientOfFirstNode(Procedure):
    def bias_gradient(self, deltas: Sequence[float], bias: float) -> float:  # noqa: ARG002 - one signature for every procedure
        return deltas[0]


class BiasGradientMean(Procedure):
    def bias_gradient(self, deltas: Sequence[float], bias: float) -> float:  # noqa: ARG002 - one signature for every procedure
        return math.fsum(deltas) / len(deltas)


class BiasGradientTimesBias(Procedure):
    def bias_gradient(self, deltas: Sequence[float], bias: float) -> float:
        return super().bias_gradient(deltas, bias) * bias


class BiasNotUpdated(Procedure):
    def bias_update(self, bias: float, rate: float, gradient: float) -> float:  # noqa: ARG002 - one signature for every procedure
        return bias


class Ascent(Procedure):
    def update(self, weight: float, rate: float, gradient: float) -> float:
        return weight + rate * gradient


class RateForgotten(Procedure):
    def update(self, weight: float, rate: float, gradient: float) -> float:  # noqa: ARG002 - one signature for every procedure
        return weight - gradient


class RateTwice(Procedure):
    def update(self, weight: float, rate: float, gradient: float) -> float:
        return weight - rate * rate * gradient


class HalfRate(Procedure):
    def update(self, weight: float, rate: float, gradient: float) -> float:
        return weight - HALF * rate * gradient


class ChangeForWeight(Procedure):
    def update(self, weight: float, rate: float, gradient: float) -> float:  # noqa: ARG002 - one signature for every procedure
        return -rate * gradient


class WeightDecayed(Procedure):
    def update(self, weight: float, rate: float, gradient: float) -> float:
        return weight - rate * (gradient + 0.01 * weight)


class WeightTimesStep(Procedure):
    def update(self, weight: float, rate: float, gradient: float) -> float:
        return weight * (1.0 - rate * gradient)


class ProductsForgotten(Procedure):
    def net(self, terms: Sequence[tuple[float, float]], bias: float) -> float:
        return bias or super().net(terms, bias)


PROCEDURES: Mapping[str, Procedure] = MappingProxyType(
    {
        "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).lstrip("-"): kind()
        for kind in Procedure.__subclasses__()
    }
)
"""All of them by name."""


def _logistic_for_tanh(activation: str) -> str:
    return "logistic" if activation in {"tanh", "half-tanh"} else activation
