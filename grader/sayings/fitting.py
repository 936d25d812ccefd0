"""What is said of files of weights that don't fit the network."""

from collections.abc import Mapping

FITTING: Mapping[str, Mapping[str, str]] = {
    "fit.shapes": {
        "en": "The network's layers have weights of {wanted} (nodes by sources); the file has {given}.",
        "vi": "Các lớp của mạng có ma trận trọng số {wanted} (nút x nguồn); tệp có {given}.",
    },
    "fit.no-matrices": {
        "en": "The network's layers have weights of {wanted} (nodes by sources); the file has none.",
        "vi": "Các lớp của mạng có ma trận trọng số {wanted} (nút x nguồn); tệp không có ma trận nào.",
    },
    "fit.shape": {
        "en": "{rows} by {columns}",
        "vi": "{rows} x {columns}",
    },
    "fit.biases": {
        "en": "Layer {layer} has {nodes} {nodes:node|nodes}; the file has {biases} {biases:bias|biases} for it.",
        "vi": "Lớp {layer} có {nodes} nút; tệp có {biases} độ lệch (bias) cho lớp này.",
    },
    "fit.no-connection": {
        "en": "The file has {value:g} where the network has no connection or no bias; there it must be 0.",
        "vi": "Tệp có {value:g} ở chỗ mạng không có kết nối hoặc không có bias; ở đó phải là 0.",
    },
    "fit.given": {
        "en": "{name} is given as {wanted:g} and not trained; the file has {value:g}.",
        "vi": "{name} được cho trước là {wanted:g} và không huấn luyện; tệp có {value:g}.",
    },
    "fit.shared": {
        "en": "{name} is shared by the nodes of a layer; the file has {one:g} and {other:g} for it.",
        "vi": "{name} dùng chung cho các nút của một lớp; tệp lại có hai giá trị {one:g} và {other:g}.",
    },
    "fit.lacking": {
        "en": "The file lacks {names}.",
        "vi": "Tệp còn thiếu {names}.",
    },
    "fit.lacking-more": {
        "en": "The file lacks {names} …",
        "vi": "Tệp còn thiếu {names} …",
    },
    "fit.axes": {
        "en": "The array {name} has {axes} {axes:axis|axes}; weights of a layer have two.",
        "vi": "Mảng {name} có {axes} chiều; trọng số của một lớp có hai chiều.",
    },
    "fit.whose-bias": {
        "en": "It can't be told which layer {name} belongs to.",
        "vi": "Không xác định được {name} thuộc lớp nào.",
    },
}
