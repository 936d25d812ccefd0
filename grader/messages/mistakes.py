"""The mistakes in words: the sentence for students, and the title for instructors."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.messages.language import Language


@dataclass(frozen=True, slots=True)
class MistakeWords:
    """One mistake in English.

    Attributes:
        student: the sentence for the student.
        instructor: the title for the instructor.
    """

    student: str
    instructor: str


MISTAKE_WORDS: Mapping[str, MistakeWords] = MappingProxyType(
    {
        "stale-weights": MistakeWords(
            "The error was backpropagated through weights that were already updated. Use the weights of the "
            "forward pass.",
            "Backpropagated through updated weights",
        ),
        "output-derivative-missing": MistakeWords(
            "The derivative of the output activation is missing: a node delta is dE/dout times dout/dnet.",
            "Derivative of the output activation missing",
        ),
        "hidden-derivative-missing": MistakeWords(
            "The derivative of the hidden node's activation is missing: multiply the sum of the errors by it.",
            "Derivative of the hidden activation missing",
        ),
        "derivative-at-output": MistakeWords(
            "The derivative was evaluated at out instead of net: f'(net), which is out (1 - out) for the logistic"
            " function.",
            "Derivative evaluated at out instead of net",
        ),
        "half-missing": MistakeWords(
            "The factor 1/2 of the error is missing, which doubles the error and its gradient.",
            "Factor 1/2 of the error missing",
        ),
        "error-sign": MistakeWords(
            "The sign of the error is reversed: dE/dout is out - target, not target - out.",
            "Sign of the error reversed",
        ),
        "mean-for-sum": MistakeWords(
            "The errors of the outputs were averaged. The total error is their sum.",
            "Mean of the errors instead of their sum",
        ),
        "ascent": MistakeWords(
            "The gradient was added. To decrease the error, subtract it: w - eta dE/dw.",
            "Gradient ascent instead of descent",
        ),
        "rate-missing": MistakeWords(
            "The learning rate is missing from the update: w - eta dE/dw.",
            "Learning rate missing",
        ),
        "rate-doubled": MistakeWords(
            "The update is twice as large as it should be: apply the learning rate once.",
            "Learning rate doubled",
        ),
        "not-updated": MistakeWords(
            "This is the old weight. It changes by -eta dE/dw, even if only slightly.",
            "Weights not updated",
        ),
        "backward-transposed": MistakeWords(
            "The weights were used in the wrong direction in the backward pass: a hidden node uses the weights "
            "that lead from it to the next layer.",
            "Weight matrix not transposed in the backward pass",
        ),
        "forward-transposed": MistakeWords(
            "The weights were mixed up in the forward pass: a node sums over the weights that lead to it.",
            "Weight matrix transposed in the forward pass",
        ),
        "single-path": MistakeWords(
            "Only one path into the hidden node was counted. Its error is the sum over all nodes that it leads to.",
            "Only one path summed into a hidden delta",
        ),
        "path-missing": MistakeWords(
            "A path into the hidden node is missing. Its error is the sum over all nodes that it leads to.",
            "One path missing from a hidden delta",
        ),
        "bias-missing": MistakeWords(
            "The bias is missing from the net input.",
            "Bias missing",
        ),
        "bias-subtracted": MistakeWords(
            "The bias was subtracted from the net input. Add it: w1 x1 + w2 x2 + … + b.",
            "Bias subtracted instead of added",
        ),
        "bias-trained": MistakeWords(
            "The biases were updated too. In this exercise they stay fixed.",
            "Fixed biases updated",
        ),
        "input-for-activation": MistakeWords(
            "The network's input was used instead of the activation of the previous layer.",
            "Network input used instead of the activation",
        ),
        "activation-missing": MistakeWords(
            "The activation function was not applied: this is the net input.",
            "Activation function not applied",
        ),
        "net-for-out": MistakeWords(
            "The net input was used instead of the node's output.",
            "Net input used instead of the output",
        ),
        "tanh-for-half-tanh": MistakeWords(
            "This is tanh(x). The activation of this exercise is tanh(x/2).",
            "tanh(x) instead of tanh(x/2)",
        ),
        "tanh-for-logistic": MistakeWords(
            "This is tanh(x). The activation of this node is the logistic function, 1 / (1 + e^-x).",
            "tanh instead of the logistic function",
        ),
        "logistic-for-tanh": MistakeWords(
            "This is the logistic function, 1 / (1 + e^-x). The activation of this node is tanh(x).",
            "Logistic function instead of tanh",
        ),
        "softmax-unnormalised": MistakeWords(
            "The exponential is missing: softmax is e^net divided by the sum of e^net over the layer, not net "
            "divided by the sum of net.",
            "Exponential missing from softmax",
        ),
        "sign-for-step": MistakeWords(
            "This is the sign function, with values -1 and 1. The step function gives 0 and 1.",
            "Sign function instead of step function",
        ),
        "step-zero-at-zero": MistakeWords(
            "At the threshold itself, the function in this exercise takes the upper value: f(0) = 1.",
            "Lower value used at the threshold",
        ),
        "fields-swapped": MistakeWords(
            "These two values are correct, but each is in the other's field.",
            "Two fields swapped",
        ),
    }
)
"""By id of the table of mistakes."""

MISTAKE_SENTENCES: Mapping[str, str] = {f"mistake.{name}": words.student for name, words in MISTAKE_WORDS.items()}
MISTAKE_TITLES: Mapping[str, str] = {f"mistake-title.{name}": words.instructor for name, words in MISTAKE_WORDS.items()}
"""By key, under which other languages have theirs in catalogues of translations."""


def title_of(mistake_id: str, language: Language) -> str:
    """Return what an instructor calls a mistake of a report, or two made together (`half-missing+stale-weights`).

    An id that no mistake has any more stays as it is.
    """
    keys = [(one, f"mistake-title.{one}") for one in mistake_id.split("+")]
    return " + ".join(
        language.translate(key, MISTAKE_TITLES[key]) if key in MISTAKE_TITLES else one for one, key in keys
    )
