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
            "The error was sent back through weights that were already updated. Use the weights of the forward pass.",
            "Error sent back through already updated weights",
        ),
        "output-derivative-missing": MistakeWords(
            "The derivative of the output's activation is left out: a node delta is dE/dout times dout/dnet.",
            "Output activation's derivative left out",
        ),
        "hidden-derivative-missing": MistakeWords(
            "The derivative of the hidden node's activation is left out after the errors were summed.",
            "Hidden activation's derivative left out",
        ),
        "derivative-at-output": MistakeWords(
            "The derivative was taken at out. It belongs at net: f'(net), which is out (1 - out) for the logistic function.",
            "Derivative taken at out instead of net",
        ),
        "half-missing": MistakeWords(
            "The factor 1/2 of the error is left out, which doubles the error and its gradient.",
            "The half of the error left out",
        ),
        "error-sign": MistakeWords(
            "The sign of the error is turned: dE/dout is out - target, not target - out.",
            "Sign of the error turned",
        ),
        "mean-for-sum": MistakeWords(
            "The errors of the outputs were averaged. The total is their sum.",
            "Mean of the errors taken for their sum",
        ),
        "ascent": MistakeWords(
            "The gradient was added. To decrease the error it is subtracted: w - eta dE/dw.",
            "Gradient ascent",
        ),
        "rate-missing": MistakeWords(
            "The learning rate is left out of the step: w - eta dE/dw.",
            "Learning rate left out",
        ),
        "rate-doubled": MistakeWords(
            "The step is twice as long as it should be: the learning rate counts once.",
            "Learning rate doubled",
        ),
        "not-updated": MistakeWords(
            "This is the old weight. It changes by -eta dE/dw, even where that is little.",
            "Weights not updated",
        ),
        "backward-transposed": MistakeWords(
            "The weights were taken along the wrong direction on the way back: "
            "a hidden node takes the weights that lead from it to the layer above.",
            "Weight matrix not transposed on the way back",
        ),
        "forward-transposed": MistakeWords(
            "The weights were mixed up in the forward pass: a node sums over the weights that lead to it.",
            "Weight matrix transposed in the forward pass",
        ),
        "single-path": MistakeWords(
            "Only one path was taken into the hidden node. Its error is the sum over all nodes that it leads to.",
            "Only one path summed into a hidden delta",
        ),
        "path-missing": MistakeWords(
            "A path into the hidden node was left out. Its error is the sum over all nodes that it leads to.",
            "One path left out of a hidden delta",
        ),
        "bias-missing": MistakeWords(
            "The bias is left out of the net input.",
            "Bias left out",
        ),
        "bias-subtracted": MistakeWords(
            "The bias was subtracted from the net input. It is added: w1 x1 + w2 x2 + … + b.",
            "Bias subtracted instead of added",
        ),
        "bias-trained": MistakeWords(
            "The biases were updated too. In this exercise they keep their values.",
            "Held bias trained",
        ),
        "input-for-activation": MistakeWords(
            "The network's input was used where the activation of the layer below belongs.",
            "Raw input used instead of the activation",
        ),
        "activation-missing": MistakeWords(
            "The activation function was forgotten: this is the net input.",
            "Activation forgotten",
        ),
        "net-for-out": MistakeWords(
            "The net input was used where the output of the node belongs.",
            "Net input used instead of the output",
        ),
        "tanh-for-half-tanh": MistakeWords(
            "This is tanh(x). The activation of this exercise is tanh(x/2).",
            "tanh(x) taken for tanh(x/2)",
        ),
        "tanh-for-logistic": MistakeWords(
            "This is tanh(x). The activation of this node is the logistic function, 1 / (1 + e^-x).",
            "tanh taken for the logistic function",
        ),
        "logistic-for-tanh": MistakeWords(
            "This is the logistic function, 1 / (1 + e^-x). The activation of this node is tanh(x).",
            "Logistic function taken for tanh",
        ),
        "softmax-unnormalised": MistakeWords(
            "The exponential is left out: softmax is e^net divided by the sum of e^net over the layer, not net by its sum.",
            "Exponential left out of softmax",
        ),
        "sign-for-step": MistakeWords(
            "This is the sign function, with -1 and 1. The step function gives 0 and 1.",
            "Sign taken for step",
        ),
        "step-zero-at-zero": MistakeWords(
            "At the threshold itself this exercise's function takes the upper value: f(0) = 1.",
            "Lower value taken at the threshold",
        ),
        "fields-swapped": MistakeWords(
            "These two values are right, but each stands in the other's field.",
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
