"""Sentences of reports, refusals and warnings, in every language."""

from collections.abc import Mapping

JUDGED: Mapping[str, Mapping[str, str]] = {
    "judged.digits-wanted": {
        "en": "This agrees as far as it goes; at least {digits} significant {digits:digit is|digits are} wanted.",
        "vi": "Giá trị này khớp ở những chữ số đã ghi; cần ít nhất {digits} chữ số có nghĩa.",
    },
    "judged.digits-vague": {
        "en": "Too few digits to tell whether this is right; "
        "at least {digits} significant {digits:digit is|digits are} wanted.",
        "vi": "Số chữ số chưa đủ để biết giá trị này đúng hay không; cần ít nhất {digits} chữ số có nghĩa.",
    },
    "judged.cut-off": {
        "en": "The digits are right, but cut off rather than rounded; "
        "at least {digits} significant {digits:digit is|digits are} wanted.",
        "vi": "Các chữ số đúng nhưng bị cắt bỏ chứ không làm tròn; cần ít nhất {digits} chữ số có nghĩa.",
    },
    "judged.not-computed": {
        "en": "This follows from values that were not computed: {fields:and}. It earns nothing.",
        "vi": "Giá trị này suy ra từ những giá trị không qua tính toán: {fields:and}. Vì vậy không được điểm.",
    },
    "judged.from-impossible": {
        "en": "This follows from {fields:and}, but no such value can come out of that activation function.",
        "vi": "Giá trị này suy ra từ {fields:and}, nhưng hàm kích hoạt ở đó không thể cho giá trị như vậy.",
    },
    "judged.vanishes": {
        "en": "This follows from {fields:and}, but there it makes all later steps vanish, which they do not in this network.",
        "vi": "Giá trị này suy ra từ {fields:and}, nhưng giá trị đó làm mọi bước sau triệt tiêu, điều không xảy ra ở mạng này.",
    },
    "judged.outside": {
        "en": "{name} is outside the range of its activation function.",
        "vi": "{name} nằm ngoài miền giá trị của hàm kích hoạt.",
    },
    "judged.swapped": {
        "en": "{fields:and} hold each other's values.",
        "vi": "{fields:and} đang mang giá trị của nhau.",
    },
    "judged.gives": {
        "en": "{fields:and} {fields:is|are} what this gives, to {digits} {digits:digit|digits}.",
        "vi": "Giá trị của {fields:and} trùng với kết quả của cách làm này, đến {digits} chữ số.",
    },
    "judged.formula-agrees": {
        "en": "Your formula agrees with it at all {points} points that were tried.",
        "vi": "Công thức của bạn khớp với cách làm này tại cả {points} điểm đã thử.",
    },
    "judged.other-sign": {
        "en": "Your node deltas have the opposite sign throughout, as some sources write them; that is accepted.",
        "vi": "Mọi delta của nút trong bài của bạn đều mang dấu ngược lại, như một số tài liệu vẫn viết; cách viết này được chấp nhận.",
    },
    "judged.no-value": {
        "en": "At {point}, for example, your formula has no value.",
        "vi": "Chẳng hạn tại {point:;}, công thức của bạn không có giá trị.",
    },
    "judged.other-value": {
        "en": "At {point}, for example, your formula gives {given:g}, which is not right.",
        "vi": "Chẳng hạn tại {point:;}, công thức của bạn cho {given:g}, chưa đúng.",
    },
    "value": {
        "en": "{name} = {value:g}",
        "vi": "{name} = {value:g}",
    },
    "both": {
        "en": "{first} {second}",
        "vi": "{first} {second}",
    },
}


OVERRIDES: Mapping[str, Mapping[str, str]] = {
    "overrides": {
        "en": "{problems:;}.",
        "vi": "{problems:;}.",
    },
    "override.unknown": {
        "en": "{place} is nothing that can be changed",
        "vi": "{place} không phải là mục có thể thay đổi",
    },
    "override.no-table": {
        "en": "{place} must be a table of names and values",
        "vi": "{place} phải là một bảng gồm tên và giá trị",
    },
    "override.no-number": {
        "en": "{place} must be a number",
        "vi": "{place} phải là một số",
    },
    "override.range": {
        "en": "{place} is out of its range",
        "vi": "{place} nằm ngoài khoảng cho phép",
    },
    "override.no-digits": {
        "en": "{place} must be a whole number from 1 to 15",
        "vi": "{place} phải là số nguyên từ 1 đến 15",
    },
    "override.two-ways": {
        "en": "{place} must be said in one way: digits, or absolute and relative, or a share of the change",
        "vi": "{place} chỉ được cho theo một cách: số chữ số có nghĩa, hoặc sai số tuyệt đối và tương đối, hoặc tỉ lệ của độ thay đổi",
    },
    "override.nothing-accepted": {
        "en": "{place} must leave some room: absolute and relative cannot both be 0",
        "vi": "{place} phải chừa một khoảng sai lệch: sai số tuyệt đối và tương đối không thể cùng bằng 0",
    },
    "override.not-asked": {
        "en": "{place} is no field of this exercise",
        "vi": "{place} không phải là ô của bài tập này",
    },
    "override.no-update": {
        "en": "{place} is no updated weight, so there is no change to take a share of",
        "vi": "{place} không phải là trọng số sau cập nhật, nên không có độ thay đổi để lấy tỉ lệ",
    },
    "override.formula": {
        "en": "{place} is a formula, which is right or not: it has no tolerance",
        "vi": "{place} là một công thức, chỉ đúng hoặc không đúng: không có sai số cho phép",
    },
    "override.trained": {
        "en": "{place} is judged by what the weights do: it has no tolerance",
        "vi": "{place} được chấm theo kết quả mà các trọng số cho ra: không có sai số cho phép",
    },
    "override.nothing-left": {
        "en": "{place} leave no field that is worth anything",
        "vi": "{place} không để lại ô nào có điểm",
    },
}


REFUSED: Mapping[str, Mapping[str, str]] = {
    "refused.email-taken": {
        "en": "Somebody is registered as {email}.",
        "vi": "Đã có người đăng ký bằng {email}.",
    },
    "refused.unknown-user": {
        "en": "Nobody is registered as {email}.",
        "vi": "Chưa ai đăng ký bằng {email}.",
    },
    "refused.weak-password": {
        "en": "A password has {shortest} to {longest} characters.",
        "vi": "Mật khẩu phải dài từ {shortest} đến {longest} ký tự.",
    },
    "refused.unknown-assignment": {
        "en": "There is no assignment {number}.",
        "vi": "Không có bài được giao số {number}.",
    },
    "refused.unknown-course": {
        "en": "There is no course {number}, or you do not belong to it.",
        "vi": "Không có khóa học số {number}, hoặc bạn không thuộc khóa học đó.",
    },
    "refused.unknown-submission": {
        "en": "There is no submission {id}.",
        "vi": "Không có bài nộp {id}.",
    },
    "refused.unknown-token": {
        "en": "There is no token {number} to revoke; `grader tokens list` shows those there are.",
        "vi": "Không có mã truy cập số {number} để thu hồi; `grader tokens list` cho biết có những mã nào.",
    },
    "refused.not-your-assignment": {
        "en": "There is no assignment {number}, or you do not belong to its course.",
        "vi": "Không có bài được giao số {number}, hoặc bạn không thuộc khóa học của nó.",
    },
    "refused.no-student": {
        "en": "Assignment {assignment} has no student {number}.",
        "vi": "Bài được giao số {assignment} không có sinh viên số {number}.",
    },
    "refused.message": {
        "en": "A message has from 1 to {most} characters.",
        "vi": "Tin nhắn phải dài từ 1 đến {most} ký tự.",
    },
    "refused.foreign-learner": {
        "en": "The learner {learner} is somebody else's.",
        "vi": "Người học {learner} thuộc về người khác.",
    },
}


WEIGHTS: Mapping[str, Mapping[str, str]] = {
    "weights.no-file": {
        "en": "No file was sent.",
        "vi": "Chưa có tệp nào được gửi.",
    },
    "weights.blank": {
        "en": "Nothing can be tried while {fields} {fields:is|are} blank.",
        "vi": "Chưa thử được gì khi {fields} còn để trống.",
    },
    "weights.unusable-file": {
        "en": "This file can't be used. {reason}",
        "vi": "Không dùng được tệp này. {reason}",
    },
    "weights.bounds": {
        "en": "Weights have to lie between {low:g} and {high:g}: {outside}.",
        "vi": "Các trọng số phải nằm trong khoảng từ {low:g} đến {high:g}: {outside:;}.",
    },
    "weights.integers": {
        "en": "Weights have to be whole numbers: {broken}.",
        "vi": "Các trọng số phải là số nguyên: {broken:;}.",
    },
    "weights.overflow": {
        "en": "With these weights some values grow beyond what can be computed.",
        "vi": "Với các trọng số này, một số giá trị trở nên quá lớn để tính được.",
    },
    "weights.accuracy": {
        "en": "{right} of {rows} rows are right ({share:.1%}); at least {wanted:.4g} of all is asked.",
        "vi": "{right} trên {rows} dòng đúng ({share:.1%}); yêu cầu tỉ lệ đúng ít nhất {wanted:.4g}.",
    },
    "weights.accuracy-hidden": {
        "en": "{right} of {rows} hidden rows are right ({share:.1%}); at least {wanted:.4g} of all is asked.",
        "vi": "{right} trên {rows} dòng ẩn đúng ({share:.1%}); yêu cầu tỉ lệ đúng ít nhất {wanted:.4g}.",
    },
    "weights.wrong-hidden": {
        "en": "{wrong} of {rows} {wrong:rows is|rows are} wrong.",
        "vi": "{wrong} trên {rows} dòng chưa đúng.",
    },
    "weights.wrong": {
        "en": "{wrong} of {rows} {wrong:rows is|rows are} wrong: {examples:;}.",
        "vi": "{wrong} trên {rows} dòng chưa đúng: {examples:;}.",
    },
    "weights.row": {
        "en": "({inputs:g}) gives {outputs}",
        "vi": "({inputs:g}) cho {outputs}",
    },
    "weights.output": {
        "en": "{name} = {given:g} instead of {wanted:g}",
        "vi": "{name} = {given:g} thay vì {wanted:g}",
    },
    "weights.loss": {
        "en": "The loss is {loss:g}; it has to be below {bound:g}.",
        "vi": "Sai số (loss) là {loss:g}; cần nhỏ hơn {bound:g}.",
    },
    "weights.mean-loss": {
        "en": "The loss, the mean over {rows} rows, is {loss:g}; it has to be below {bound:g}.",
        "vi": "Sai số (loss), trung bình trên {rows} dòng, là {loss:g}; cần nhỏ hơn {bound:g}.",
    },
    "weights.loss-beyond": {
        "en": "The loss is beyond all measure; it has to be below {bound:g}.",
        "vi": "Sai số (loss) lớn đến mức không tính được; cần nhỏ hơn {bound:g}.",
    },
    "weights.mean-loss-beyond": {
        "en": "The loss, the mean over {rows} rows, is beyond all measure; it has to be below {bound:g}.",
        "vi": "Sai số (loss), trung bình trên {rows} dòng, lớn đến mức không tính được; cần nhỏ hơn {bound:g}.",
    },
}


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


NO_LONGER_SAID: Mapping[str, Mapping[str, str]] = {
    "formula.character": {
        "en": "The character {character} can't be read in a formula.",
        "vi": "Không đọc được ký tự {character} trong công thức.",
    },
    "formula.unicode": {
        "en": "The character {code} ({name}) can't be read in a formula.",
        "vi": "Không đọc được ký tự {code} ({name}) trong công thức.",
    },
    "json.twice": {
        "en": "A name stands twice in the JSON file.",
        "vi": "Có một tên xuất hiện hai lần trong tệp JSON.",
    },
}
"""What is only read any more, in what was stored when it was said."""
