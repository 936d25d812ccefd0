"""Messages about answers that cannot be read as typed."""

from collections.abc import Mapping

TYPED: Mapping[str, str] = {
    "number.too-long": "This has {length} characters; a number may have at most {most}.",
    "number.divides-by-zero": "This divides by zero.",
    "number.too-large": "This number is too large.",
    "number.not-finite": "NaN and infinity are not valid answers; enter a number.",
    "number.separators": "This has more than one comma or point, so it is unclear which is the decimal separator;"
    " write 1234.5 or 1234,5.",
    "number.unreadable-character": "The character “{character}” ({code}) is not allowed here. Enter a number such"
    " as 0.3775, 3.775e-1 or 1/3.",
    "number.code": "The character {code} is not allowed here. Enter a number such as 0.3775, 3.775e-1 or 1/3.",
    "number.word": "The word “{word}” is not allowed here. Enter a number such as 0.3775, 3.775e-1 or 1/3.",
    "number.several": "There is more than one number here; enter only one.",
    "number.calculation": "This is a calculation; enter its result.",
    "number.unreadable": "This is not a number. Enter a number such as 0.3775, 3.775e-1 or 1/3.",
    "answer.no-file-here": "Type this answer; a file is not accepted here.",
    "answer.file-wanted": "Upload a file here; this answer cannot be typed.",
    "answer.unknown-field": "{exercise} has no field called '{field}'.",
    "answer.unknown-name": "The exercise has no field with this name.",
    "answer.boolean": "An answer must be a string, a number or null, not true or false.",
    "answer.list": "An answer must be a string, a number or null, not a list.",
    "answer.object": "An answer must be a string, a number or null, not an object.",
    "answers.unreadable": "These answers cannot be read: {fields}.",
    "exercise.unknown": "There is no exercise called {slug}.",
    "formula.too-long": "This has {length} characters; a formula may have at most {most}.",
    "formula.unclear": "Something is missing or out of place; a formula looks like (a - b) * exp(-c) / 2.",
    "formula.too-deep": "This formula is too long: more than {most} operations depend on one another.",
    "formula.bare-function": "{name} is a function: put its argument in brackets.",
    "formula.exponent": "An exponent is larger than {most}.",
    "formula.point": "A point is only allowed inside a number, as in 0.5.",
    "formula.comma": "A comma is only allowed inside a number, as in 0,5; functions take one argument.",
    "formula.equals": "Enter only the right-hand side of the = sign.",
    "formula.number-too-large": "The number {number} is too large for a formula.",
    "formula.unknown-name": "{name} is not known here; you can use the names {names} and the functions {functions}.",
    "formula.function-brackets": "{name} needs brackets around its argument: {name}(…).",
    "formula.closing": "There is a closing bracket without an opening one.",
    "formula.not-closed": "{count} {count:bracket is|brackets are} not closed.",
    "formula.nested": "The brackets are nested more than {most} levels deep.",
    "formula.did-you-mean": "{name} is not known here; did you mean {names}?",
    "formula.ambiguous-name": "{name} could be any of {names}; write the name exactly as given.",
    "formula.round-brackets": "Square brackets only group, as in [a - b] * c; put an operator before this one, or"
    " use round brackets.",
    "formula.other-bracket": "The bracket {bracket} closes a bracket of another kind.",
    "formula.unreadable-character": "The character “{character}” ({code}) is not allowed in a formula.",
    "formula.code": "The character {code} is not allowed in a formula.",
    "formula.command": "The command {command} is not allowed in a formula.",
    "formula.sign-missing": "An operator is missing between {one} and {other}; multiplication is written with *, "
    "as in 2 * 3.",
    "formula.after-division": "It is unclear whether {other} is also part of the denominator: write an operator "
    "between {one} and {other}, or use brackets, as in a / (b * c).",
    "formula.after-power": "It is unclear whether {other} belongs to the exponent: write an operator between "
    "{one} and {other}, or use brackets, as in a^(b * c).",
}
