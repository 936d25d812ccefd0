"""What is said of trained weights."""

from collections.abc import Mapping

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
