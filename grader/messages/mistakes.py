"""The mistakes in words: what a student reads, and what an instructor calls them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class MistakeWords:
    """One mistake, by language.

    Attributes:
        student: the sentence for the student.
        instructor: the title for the instructor.
    """

    student: Mapping[str, str]
    instructor: Mapping[str, str]


def _said(english: str, vietnamese: str, title: str, vietnamese_title: str) -> MistakeWords:
    return MistakeWords(
        MappingProxyType({"en": english, "vi": vietnamese}), MappingProxyType({"en": title, "vi": vietnamese_title})
    )


MISTAKE_WORDS: Mapping[str, MistakeWords] = MappingProxyType(
    {
        "stale-weights": _said(
            "The error was sent back through weights that were already updated. Use the weights of the forward pass.",
            "Sai số được truyền ngược qua các trọng số đã cập nhật. Hãy dùng các trọng số của lượt truyền xuôi.",
            "Error sent back through already updated weights",
            "Truyền ngược sai số qua trọng số đã cập nhật",
        ),
        "output-derivative-missing": _said(
            "The derivative of the output's activation is left out: a node delta is dE/dout times dout/dnet.",
            "Thiếu đạo hàm của hàm kích hoạt ở nút ra: delta của nút là dE/dout nhân với dout/dnet.",
            "Output activation's derivative left out",
            "Thiếu đạo hàm của hàm kích hoạt ở nút ra",
        ),
        "hidden-derivative-missing": _said(
            "The derivative of the hidden node's activation is left out after the errors were summed.",
            "Thiếu đạo hàm của hàm kích hoạt ở nút ẩn sau khi cộng các sai số.",
            "Hidden activation's derivative left out",
            "Thiếu đạo hàm của hàm kích hoạt ở nút ẩn",
        ),
        "derivative-at-output": _said(
            "The derivative was taken at out. It belongs at net: f'(net), which is out (1 - out) for the logistic function.",
            "Đạo hàm được lấy tại out. Cần lấy tại net: f'(net), với hàm logistic là out (1 - out).",
            "Derivative taken at out instead of net",
            "Lấy đạo hàm tại out thay vì tại net",
        ),
        "half-missing": _said(
            "The factor 1/2 of the error is left out, which doubles the error and its gradient.",
            "Thiếu hệ số 1/2 của sai số, nên sai số và gradient tăng gấp đôi.",
            "The half of the error left out",
            "Thiếu hệ số 1/2 của sai số",
        ),
        "error-sign": _said(
            "The sign of the error is turned: dE/dout is out - target, not target - out.",
            "Dấu của sai số bị đảo: dE/dout là out - target, không phải target - out.",
            "Sign of the error turned",
            "Đảo dấu của sai số",
        ),
        "mean-for-sum": _said(
            "The errors of the outputs were averaged. The total is their sum.",
            "Sai số của các nút ra đã được lấy trung bình. Sai số tổng là tổng của chúng.",
            "Mean of the errors taken for their sum",
            "Lấy trung bình các sai số thay vì tổng",
        ),
        "ascent": _said(
            "The gradient was added. To decrease the error it is subtracted: w - eta dE/dw.",
            "Gradient đã được cộng vào. Để giảm sai số thì phải trừ đi: w - eta dE/dw.",
            "Gradient ascent",
            "Cộng gradient thay vì trừ",
        ),
        "rate-missing": _said(
            "The learning rate is left out of the step: w - eta dE/dw.",
            "Thiếu tốc độ học trong bước cập nhật: w - eta dE/dw.",
            "Learning rate left out",
            "Thiếu tốc độ học",
        ),
        "rate-doubled": _said(
            "The step is twice as long as it should be: the learning rate counts once.",
            "Bước cập nhật dài gấp đôi: tốc độ học chỉ được nhân một lần.",
            "Learning rate doubled",
            "Nhân đôi tốc độ học",
        ),
        "not-updated": _said(
            "This is the old weight. It changes by -eta dE/dw, even where that is little.",
            "Đây là trọng số cũ. Nó thay đổi một lượng -eta dE/dw, dù lượng đó rất nhỏ.",
            "Weights not updated",
            "Không cập nhật trọng số",
        ),
        "backward-transposed": _said(
            "The weights were taken along the wrong direction on the way back: "
            "a hidden node takes the weights that lead from it to the layer above.",
            "Trọng số được lấy sai chiều khi lan truyền ngược: nút ẩn dùng các trọng số đi từ nó lên lớp trên.",
            "Weight matrix not transposed on the way back",
            "Không chuyển vị ma trận trọng số khi lan truyền ngược",
        ),
        "forward-transposed": _said(
            "The weights were mixed up in the forward pass: a node sums over the weights that lead to it.",
            "Trọng số bị lẫn trong lượt truyền xuôi: mỗi nút cộng theo các trọng số dẫn tới nó.",
            "Weight matrix transposed in the forward pass",
            "Chuyển vị ma trận trọng số trong lượt truyền xuôi",
        ),
        "single-path": _said(
            "Only one path was taken into the hidden node. Its error is the sum over all nodes that it leads to.",
            "Mới tính một đường dẫn tới nút ẩn. Sai số của nút ẩn là tổng theo mọi nút mà nó dẫn tới.",
            "Only one path summed into a hidden delta",
            "Chỉ cộng một đường vào delta của nút ẩn",
        ),
        "path-missing": _said(
            "A path into the hidden node was left out. Its error is the sum over all nodes that it leads to.",
            "Thiếu một đường dẫn tới nút ẩn. Sai số của nút ẩn là tổng theo mọi nút mà nó dẫn tới.",
            "One path left out of a hidden delta",
            "Thiếu một đường trong delta của nút ẩn",
        ),
        "bias-missing": _said(
            "The bias is left out of the net input.",
            "Thiếu độ lệch (bias) trong net.",
            "Bias left out",
            "Thiếu bias",
        ),
        "bias-subtracted": _said(
            "The bias was subtracted from the net input. It is added: w1 x1 + w2 x2 + … + b.",
            "Bias đã bị trừ khỏi net. Cần cộng bias: w1 x1 + w2 x2 + … + b.",
            "Bias subtracted instead of added",
            "Trừ bias thay vì cộng",
        ),
        "bias-trained": _said(
            "The biases were updated too. In this exercise they keep their values.",
            "Các bias cũng đã được cập nhật. Trong bài này bias giữ nguyên giá trị.",
            "Held bias trained",
            "Cập nhật cả bias được giữ cố định",
        ),
        "input-for-activation": _said(
            "The network's input was used where the activation of the layer below belongs.",
            "Đầu vào của mạng được dùng ở chỗ cần đầu ra của lớp dưới.",
            "Raw input used instead of the activation",
            "Dùng đầu vào của mạng thay cho đầu ra của lớp dưới",
        ),
        "activation-missing": _said(
            "The activation function was forgotten: this is the net input.",
            "Chưa áp dụng hàm kích hoạt: đây mới là net.",
            "Activation forgotten",
            "Quên hàm kích hoạt",
        ),
        "net-for-out": _said(
            "The net input was used where the output of the node belongs.",
            "Net được dùng ở chỗ cần đầu ra out của nút.",
            "Net input used instead of the output",
            "Dùng net thay cho out",
        ),
        "tanh-for-half-tanh": _said(
            "This is tanh(x). The activation of this exercise is tanh(x/2).",
            "Đây là tanh(x). Hàm kích hoạt của bài này là tanh(x/2).",
            "tanh(x) taken for tanh(x/2)",
            "Dùng tanh(x) thay cho tanh(x/2)",
        ),
        "tanh-for-logistic": _said(
            "This is tanh(x). The activation of this node is the logistic function, 1 / (1 + e^-x).",
            "Đây là tanh(x). Hàm kích hoạt của nút này là hàm logistic, 1 / (1 + e^-x).",
            "tanh taken for the logistic function",
            "Dùng tanh thay cho hàm logistic",
        ),
        "logistic-for-tanh": _said(
            "This is the logistic function, 1 / (1 + e^-x). The activation of this node is tanh(x).",
            "Đây là hàm logistic, 1 / (1 + e^-x). Hàm kích hoạt của nút này là tanh(x).",
            "Logistic function taken for tanh",
            "Dùng hàm logistic thay cho tanh",
        ),
        "softmax-unnormalised": _said(
            "The exponential is left out: softmax is e^net divided by the sum of e^net over the layer, not net by its sum.",
            "Thiếu hàm mũ: softmax là e^net chia cho tổng các e^net của lớp, không phải net chia cho tổng các net.",
            "Exponential left out of softmax",
            "Thiếu hàm mũ trong softmax",
        ),
        "sign-for-step": _said(
            "This is the sign function, with -1 and 1. The step function gives 0 and 1.",
            "Đây là hàm dấu với -1 và 1. Hàm bước cho 0 và 1.",
            "Sign taken for step",
            "Dùng hàm dấu thay cho hàm bước",
        ),
        "step-zero-at-zero": _said(
            "At the threshold itself this exercise's function takes the upper value: f(0) = 1.",
            "Ngay tại ngưỡng, hàm của bài này nhận giá trị trên: f(0) = 1.",
            "Lower value taken at the threshold",
            "Lấy giá trị dưới ngay tại ngưỡng",
        ),
        "fields-swapped": _said(
            "These two values are right, but each stands in the other's field.",
            "Hai giá trị này đúng, nhưng mỗi giá trị đang nằm ở ô của giá trị kia.",
            "Two fields swapped",
            "Điền lẫn hai ô",
        ),
    }
)
"""By id of the table of mistakes."""

MISTAKE_SENTENCES: Mapping[str, Mapping[str, str]] = {
    f"mistake.{name}": words.student for name, words in MISTAKE_WORDS.items()
}


def title_of(mistake_id: str, language: str) -> str:
    """What an instructor calls a mistake of a report, or two made together (`half-missing+stale-weights`).

    An id that no mistake has any more stays as it is.
    """
    words = [(one, MISTAKE_WORDS.get(one)) for one in mistake_id.split("+")]
    return " + ".join(found.instructor.get(language, found.instructor["en"]) if found else one for one, found in words)
