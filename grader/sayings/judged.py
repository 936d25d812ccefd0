"""What is said of single fields in a report."""

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
