"""The table of mistakes: wrong procedures that the engine can execute.

One row each: the id, what it rewrites (in one or more ways), what a student reads, what an instructor reads.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

from grader.engine.graph import Graph
from grader.engine.network import Network
from grader.engine.rewrites import backward, forward, step
from grader.engine.rewrites.select import Rewrite

MAX_PATHS = 4
"""Paths into a hidden node that are tried one by one."""

SWAPPED = "fields-swapped"
"""The one mistake that is no rewrite: two right values in each other's place."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One row.

    Attributes:
        id: as it appears in reports.
        ways: the rewrites that it may mean; each explains fields on its own.
        student: the sentence for the student, by language.
        instructor: the sentence for the instructor.
    """

    id: str
    ways: tuple[Rewrite, ...]
    student: Mapping[str, str]
    instructor: str


def _row(mistake_id: str, ways: tuple[Rewrite, ...], english: str, vietnamese: str, instructor: str) -> Mistake:
    return Mistake(mistake_id, ways, MappingProxyType({"en": english, "vi": vietnamese}), instructor)


_ROWS = (
    _row(
        "stale-weights",
        (backward.stale_weights,),
        "The error was sent back through weights that were already updated. Use the weights of the forward pass.",
        "Sai số được truyền ngược qua các trọng số đã cập nhật. Hãy dùng các trọng số của lượt truyền xuôi.",
        "Error sent back through already updated weights",
    ),
    _row(
        "output-derivative-missing",
        (backward.output_derivative_missing,),
        "The derivative of the output's activation is left out: a node delta is dE/dout times dout/dnet.",
        "Thiếu đạo hàm của hàm kích hoạt ở nút ra: delta của nút là dE/dout nhân với dout/dnet.",
        "Output activation's derivative left out",
    ),
    _row(
        "hidden-derivative-missing",
        (backward.hidden_derivative_missing,),
        "The derivative of the hidden node's activation is left out after the errors were summed.",
        "Thiếu đạo hàm của hàm kích hoạt ở nút ẩn sau khi cộng các sai số.",
        "Hidden activation's derivative left out",
    ),
    _row(
        "derivative-at-output",
        (backward.derivative_at_output,),
        "The derivative was taken at out. It belongs at net: f'(net), which is out (1 - out) for the logistic function.",
        "Đạo hàm được lấy tại out. Phải lấy tại net: f'(net), với hàm logistic là out (1 - out).",
        "Derivative taken at out instead of net",
    ),
    _row(
        "half-missing",
        (backward.half_missing,),
        "The factor 1/2 of the error is left out, which doubles the error and its gradient.",
        "Thiếu hệ số 1/2 của sai số, nên sai số và gradient tăng gấp đôi.",
        "The half of the error left out",
    ),
    _row(
        "error-sign",
        (backward.error_sign, backward.delta_sign),
        "The sign of the error is turned: dE/dout is out - target, not target - out.",
        "Sai dấu của sai số: dE/dout là out - target, không phải target - out.",
        "Sign of the error turned",
    ),
    _row(
        "mean-for-sum",
        (backward.mean_for_sum,),
        "The errors of the outputs were averaged. The total is their sum.",
        "Sai số của các nút ra bị lấy trung bình. Sai số tổng là tổng của chúng.",
        "Mean of the errors taken for their sum",
    ),
    _row(
        "ascent",
        (step.ascent,),
        "The gradient was added. To decrease the error it is subtracted: w - eta dE/dw.",
        "Gradient bị cộng vào. Để giảm sai số phải trừ đi: w - eta dE/dw.",
        "Gradient ascent",
    ),
    _row(
        "rate-missing",
        (step.rate_missing,),
        "The learning rate is left out of the step: w - eta dE/dw.",
        "Thiếu tốc độ học trong bước cập nhật: w - eta dE/dw.",
        "Learning rate left out",
    ),
    _row(
        "rate-doubled",
        (step.rate_doubled,),
        "The step is twice as long as it should be: the learning rate counts once.",
        "Bước cập nhật dài gấp đôi: tốc độ học chỉ được nhân một lần.",
        "Learning rate doubled",
    ),
    _row(
        "not-updated",
        (step.not_updated,),
        "This is the old weight. It changes by -eta dE/dw, even where that is little.",
        "Đây là trọng số cũ. Nó thay đổi một lượng -eta dE/dw, dù rất nhỏ.",
        "Weights not updated",
    ),
    _row(
        "backward-transposed",
        (backward.backward_transposed,),
        "The weights were taken along the wrong direction on the way back: "
        "a hidden node takes the weights that lead from it to the layer above.",
        "Trọng số bị lấy sai chiều khi truyền ngược: nút ẩn dùng các trọng số đi từ nó lên lớp trên.",
        "Weight matrix not transposed on the way back",
    ),
    _row(
        "forward-transposed",
        (forward.forward_transposed,),
        "The weights were mixed up in the forward pass: a node sums over the weights that lead to it.",
        "Trọng số bị lẫn trong lượt truyền xuôi: mỗi nút cộng theo các trọng số dẫn tới nó.",
        "Weight matrix transposed in the forward pass",
    ),
    _row(
        "single-path",
        (*(backward.single_path(k) for k in range(MAX_PATHS)), backward.own_path),
        "Only one path was taken into the hidden node. Its error is the sum over all nodes that it leads to.",
        "Chỉ tính một đường vào nút ẩn. Sai số của nút ẩn là tổng theo mọi nút mà nó dẫn tới.",
        "Only one path summed into a hidden delta",
    ),
    _row(
        "bias-missing",
        (forward.bias_missing,),
        "The bias is left out of the net input.",
        "Thiếu bias trong net.",
        "Bias left out",
    ),
    _row(
        "bias-trained",
        (step.bias_trained, step.bias_trained_per_node),
        "The biases were updated too. In this exercise they keep their values.",
        "Bias cũng bị cập nhật. Trong bài này bias được giữ nguyên.",
        "Held bias trained",
    ),
    _row(
        "input-for-activation",
        (backward.input_for_activation, forward.input_for_activation_forward),
        "The network's input was used where the activation of the layer below belongs.",
        "Đầu vào của mạng bị dùng thay cho đầu ra của lớp dưới.",
        "Raw input used instead of the activation",
    ),
    _row(
        "activation-missing",
        (forward.activation_missing,),
        "The activation function was forgotten: this is the net input.",
        "Quên hàm kích hoạt: đây mới là net.",
        "Activation forgotten",
    ),
    _row(
        "net-for-out",
        (forward.net_for_out,),
        "The net input was used where the output of the node belongs.",
        "Dùng net ở chỗ phải dùng out.",
        "Net input used instead of the output",
    ),
    _row(
        "tanh-for-half-tanh",
        (forward.activation_for("tanh", "half-tanh"),),
        "This is tanh(x). The activation of this exercise is tanh(x/2).",
        "Đây là tanh(x). Hàm kích hoạt của bài này là tanh(x/2).",
        "tanh(x) taken for tanh(x/2)",
    ),
    _row(
        "sign-for-step",
        (forward.activation_for("sign", "step"),),
        "This is the sign function, with -1 and 1. The step function gives 0 and 1.",
        "Đây là hàm dấu với -1 và 1. Hàm bước cho 0 và 1.",
        "Sign taken for step",
    ),
    _row(
        "step-zero-at-zero",
        (forward.step_zero_at_zero,),
        "At the threshold itself this exercise's function takes the upper value: f(0) = 1.",
        "Ngay tại ngưỡng, hàm của bài này nhận giá trị trên: f(0) = 1.",
        "Lower value taken at the threshold",
    ),
    _row(
        SWAPPED,
        (),
        "These two values are right, but each stands in the other's field.",
        "Hai giá trị này đúng nhưng bị điền lẫn ô cho nhau.",
        "Two fields swapped",
    ),
)

MISTAKES: Mapping[str, Mistake] = MappingProxyType({row.id: row for row in _ROWS})
"""All mistakes by id, the more common first: where two explain equally much, the first is named."""


@dataclass(frozen=True)
class Way:
    """One mistake, or two together, put into a graph."""

    mistakes: tuple[str, ...]
    graph: Graph

    @property
    def id(self) -> str:
        """As it appears in reports: `ascent`, or `half-missing+stale-weights`."""
        return "+".join(self.mistakes)


def single_ways(network: Network, graph: Graph) -> tuple[Way, ...]:
    """Each way of each mistake that changes anything in this graph."""
    return tuple(
        Way((mistake.id,), changed)
        for mistake in MISTAKES.values()
        for rewrite in mistake.ways
        if (changed := _apply(rewrite, network, graph)) is not None
    )


def pair_ways(network: Network, graph: Graph) -> tuple[Way, ...]:
    """Two different mistakes at once, wherever the second still changes something after the first."""
    rows = [(m.id, rewrite) for m in MISTAKES.values() for rewrite in m.ways]
    return tuple(_pairs(network, [(i, r, g) for i, r in rows if (g := _apply(r, network, graph)) is not None]))


def _pairs(network: Network, rows: list[tuple[str, Rewrite, Graph]]) -> Iterator[Way]:
    for (one, _, first), (other, rewrite, _) in combinations(rows, 2):
        if one != other and (both := _apply(rewrite, network, first)) is not None:
            yield Way((one, other), both)


def _apply(rewrite: Rewrite, network: Network, graph: Graph) -> Graph | None:
    changes = {quantity.name: quantity for quantity in rewrite(network, graph)}
    if all(graph.quantities.get(name) == quantity for name, quantity in changes.items()):
        return None
    return Graph.of({**graph.quantities, **changes}.values())
