"""What is said of answers that can't be taken as they were typed."""

from collections.abc import Mapping

TYPED: Mapping[str, Mapping[str, str]] = {
    "number.too-long": {
        "en": "This has {length} characters; a number needs at most {most}.",
        "vi": "Ô này có {length} ký tự; một số chỉ cần nhiều nhất {most} ký tự.",
    },
    "number.divides-by-zero": {
        "en": "This divides by zero.",
        "vi": "Phép chia này có mẫu bằng 0.",
    },
    "number.too-large": {
        "en": "This number is too large.",
        "vi": "Số này quá lớn.",
    },
    "number.not-finite": {
        "en": "NaN and infinity are not answers; a number is wanted.",
        "vi": "NaN và vô cực không phải là câu trả lời; ở đây cần một số.",
    },
    "number.separators": {
        "en": "This has more than one comma or point, and it is not clear which is the decimal sign; write 1234.5 or 1234,5.",
        "vi": "Ô này có nhiều hơn một dấu phẩy hoặc dấu chấm nên không rõ đâu là dấu thập phân; hãy viết 1234,5 hoặc 1234.5.",
    },
    "number.unreadable-character": {
        "en": "The character “{character}” ({code}) can't be read here. Write a number like 0.3775, 3.775e-1 or 1/3.",
        "vi": "Không đọc được ký tự “{character}” ({code}) ở đây. Hãy viết một số như 0,3775, 3,775e-1 hoặc 1/3.",
    },
    "number.code": {
        "en": "The character {code} can't be read here. Write a number like 0.3775, 3.775e-1 or 1/3.",
        "vi": "Không đọc được ký tự {code} ở đây. Hãy viết một số như 0,3775, 3,775e-1 hoặc 1/3.",
    },
    "number.word": {
        "en": "The word “{word}” can't be read here. Write a number like 0.3775, 3.775e-1 or 1/3.",
        "vi": "Không đọc được từ “{word}” ở đây. Hãy viết một số như 0,3775, 3,775e-1 hoặc 1/3.",
    },
    "number.several": {
        "en": "There is more than one number here; write a single one.",
        "vi": "Ở đây có nhiều hơn một số; hãy chỉ viết một số.",
    },
    "number.calculation": {
        "en": "This is a calculation; write the number that it gives.",
        "vi": "Đây là một phép tính; hãy viết số là kết quả của nó.",
    },
    "number.unreadable": {
        "en": "This is not a number. Write it like 0.3775, 3.775e-1 or 1/3.",
        "vi": "Đây không phải là một số. Hãy viết như 0,3775, 3,775e-1 hoặc 1/3.",
    },
    "answer.no-file-here": {
        "en": "This is to be typed; a file is not taken here.",
        "vi": "Câu trả lời này cần được gõ vào; ở đây không nhận tệp.",
    },
    "answer.file-wanted": {
        "en": "A file is asked here; it can't be typed.",
        "vi": "Ở đây cần nộp một tệp, không gõ vào được.",
    },
    "answer.unknown-field": {
        "en": "{exercise} asks for no field called '{field}'.",
        "vi": "Bài {exercise} không có ô nào tên là '{field}'.",
    },
    "answer.unknown-name": {
        "en": "The exercise asks for no field of this name.",
        "vi": "Bài này không có ô nào mang tên đó.",
    },
    "answer.boolean": {
        "en": "An answer is a text, a number or null, not true or false.",
        "vi": "Câu trả lời phải là văn bản, số hoặc null, không phải true hay false.",
    },
    "answer.list": {
        "en": "An answer is a text, a number or null, not a list.",
        "vi": "Câu trả lời phải là văn bản, số hoặc null, không phải một danh sách.",
    },
    "answer.object": {
        "en": "An answer is a text, a number or null, not an object.",
        "vi": "Câu trả lời phải là văn bản, số hoặc null, không phải một đối tượng.",
    },
    "answers.unreadable": {
        "en": "These answers can't be read: {fields}.",
        "vi": "Không đọc được các câu trả lời này: {fields}.",
    },
    "exercise.unknown": {
        "en": "There is no exercise called {slug}.",
        "vi": "Không có bài tập nào tên là {slug}.",
    },
    "formula.too-long": {
        "en": "This has {length} characters; a formula may have {most}.",
        "vi": "Công thức này có {length} ký tự; nhiều nhất được {most} ký tự.",
    },
    "formula.unclear": {
        "en": "Something is missing or out of place; a formula looks like (a - b) * exp(-c) / 2.",
        "vi": "Có chỗ bị thiếu hoặc sai vị trí; một công thức có dạng như (a - b) * exp(-c) / 2.",
    },
    "formula.too-deep": {
        "en": "This is too long: more than {most} operations depend on each other.",
        "vi": "Công thức quá dài: có hơn {most} phép tính phụ thuộc lẫn nhau.",
    },
    "formula.bare-function": {
        "en": "{name} is a function: write in brackets what it is taken of.",
        "vi": "{name} là một hàm: hãy viết đối số của nó trong ngoặc.",
    },
    "formula.exponent": {
        "en": "An exponent is beyond {most}.",
        "vi": "Có số mũ vượt quá {most}.",
    },
    "formula.point": {
        "en": "A point stands only inside a number, like 0.5.",
        "vi": "Dấu chấm chỉ đứng trong một số, như 0.5.",
    },
    "formula.comma": {
        "en": "A comma stands only inside a number, like 0,5; functions take one value.",
        "vi": "Dấu phẩy chỉ đứng trong một số, như 0,5; mỗi hàm chỉ nhận một giá trị.",
    },
    "formula.equals": {
        "en": "Write only what stands to the right of the = sign.",
        "vi": "Chỉ viết phần nằm bên phải dấu =.",
    },
    "formula.number-too-large": {
        "en": "The number {number} is too large for a formula.",
        "vi": "Số {number} quá lớn đối với một công thức.",
    },
    "formula.unknown-name": {
        "en": "There is no {name} here; the names that may be used are {names}, and the functions {functions}.",
        "vi": "Ở đây không có {name}; được dùng các tên {names} và các hàm {functions}.",
    },
    "formula.function-brackets": {
        "en": "{name} needs brackets around what it is taken of: {name}(…).",
        "vi": "{name} cần có ngoặc quanh đối số của nó: {name}(…).",
    },
    "formula.closing": {
        "en": "There is a closing bracket without an opening one.",
        "vi": "Có dấu đóng ngoặc mà không có dấu mở ngoặc.",
    },
    "formula.not-closed": {
        "en": "{count} {count:bracket is|brackets are} not closed.",
        "vi": "Còn {count} dấu ngoặc chưa được đóng.",
    },
    "formula.nested": {
        "en": "The brackets are nested more than {most} deep.",
        "vi": "Các dấu ngoặc lồng nhau sâu hơn {most} tầng.",
    },
    "formula.did-you-mean": {
        "en": "There is no {name} here; did you mean {names}?",
        "vi": "Ở đây không có {name}; có phải ý bạn là {names}?",
    },
    "formula.ambiguous-name": {
        "en": "{name} may be any of {names}; write the name just as it stands there.",
        "vi": "{name} có thể là {names}; hãy viết đúng tên như đã cho.",
    },
    "formula.round-brackets": {
        "en": "Square brackets only group, like [a - b] * c; put a sign before this one, or write round brackets.",
        "vi": "Ngoặc vuông chỉ dùng để nhóm, như [a - b] * c; hãy viết dấu phép tính trước nó hoặc dùng ngoặc tròn.",
    },
    "formula.other-bracket": {
        "en": "The bracket {bracket} closes one of another kind.",
        "vi": "Dấu {bracket} đóng một dấu ngoặc khác loại.",
    },
    "formula.unreadable-character": {
        "en": "The character “{character}” ({code}) can't be read in a formula.",
        "vi": "Không đọc được ký tự “{character}” ({code}) trong công thức.",
    },
    "formula.code": {
        "en": "The character {code} can't be read in a formula.",
        "vi": "Không đọc được ký tự {code} trong công thức.",
    },
    "formula.command": {
        "en": "The command {command} can't be read in a formula.",
        "vi": "Không đọc được lệnh {command} trong công thức.",
    },
    "formula.sign-missing": {
        "en": "A sign is missing between {one} and {other}; multiplication is written with *, as in 2 * 3.",
        "vi": "Thiếu dấu phép tính giữa {one} và {other}; phép nhân viết bằng *, như 2 * 3.",
    },
    "formula.after-division": {
        "en": "It is not clear whether {other} is divided by, too: write the sign between {one} and {other}, or brackets, as in a / (b * c).",
        "vi": "Không rõ {other} có thuộc mẫu số hay không: hãy viết dấu phép tính giữa {one} và {other}, hoặc dùng ngoặc, như a / (b * c).",
    },
    "formula.after-power": {
        "en": "It is not clear whether {other} belongs to the exponent: write the sign between {one} and {other}, or brackets, as in a^(b * c).",
        "vi": "Không rõ {other} có thuộc số mũ hay không: hãy viết dấu phép tính giữa {one} và {other}, hoặc dùng ngoặc, như a^(b * c).",
    },
}
