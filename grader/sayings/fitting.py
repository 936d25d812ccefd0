"""What is said of files of weights that don't fit the network."""

from collections.abc import Mapping

FITTING: Mapping[str, Mapping[str, str]] = {
    "fit.shapes": {
        "en": "The network's layers have weights of {wanted} (nodes by sources, or transposed); the file has {given}. "
        "Send one matrix for each layer of this network.",
        "vi": "Các lớp của mạng có ma trận trọng số {wanted} (nút x nguồn, hoặc chuyển vị); tệp có {given}. "
        "Hãy gửi mỗi lớp của mạng này một ma trận.",
    },
    "fit.named-shape": {
        "en": "{name} {rows} by {columns}",
        "vi": "{name} {rows} x {columns}",
    },
    "fit.no-matrices": {
        "en": "The network's layers have weights of {wanted} (nodes by sources, or transposed); the file has none. "
        "Send one matrix for each layer of this network.",
        "vi": "Các lớp của mạng có ma trận trọng số {wanted} (nút x nguồn, hoặc chuyển vị); tệp không có ma trận nào. "
        "Hãy gửi mỗi lớp của mạng này một ma trận.",
    },
    "fit.order-taken": {
        "en": "The layers of the file were read in the order {names}.",
        "vi": "Các lớp trong tệp được đọc theo thứ tự {names}.",
    },
    "fit.order-open": {
        "en": "The file does not tell the order of its layers, and no order of them does what is asked. "
        "Shown is {names}. If that is not yours, save a file that keeps the order, or number the names: "
        "0.weight, 1.weight.",
        "vi": "Tệp không cho biết thứ tự các lớp, và không thứ tự nào đạt yêu cầu. Kết quả ở đây là của thứ tự {names}. "
        "Nếu đó không phải thứ tự của bạn, hãy lưu tệp ở định dạng giữ thứ tự, hoặc đánh số tên: 0.weight, 1.weight.",
    },
    "fit.turned": {
        "en": "{names} {names:was|were} read transposed: with rows and columns the other way round than usual in such "
        "files.",
        "vi": "{names} được đọc chuyển vị: hàng và cột ngược với cách thông thường của loại tệp này.",
    },
    "fit.unused": {
        "en": "Not used from the file: {names}.",
        "vi": "Các mục trong tệp không được dùng: {names}.",
    },
    "fit.normalization": {
        "en": "The file has values of a batch normalization ({names}); the network here has none, and computes something "
        "else without it. Train without normalization layers.",
        "vi": "Tệp chứa các giá trị của lớp chuẩn hóa theo batch ({names}); mạng ở đây không có lớp đó nên sẽ cho kết quả "
        "khác. Hãy huấn luyện không dùng lớp chuẩn hóa.",
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
