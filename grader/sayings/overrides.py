"""What is said of tolerances, credit and points that an assignment can't have."""

from collections.abc import Mapping

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
