"""Messages of reports, refusals and warnings."""

from collections.abc import Mapping

JUDGED: Mapping[str, str] = {
    "judged.digits-wanted": "Correct as far as it goes, but at least {digits} significant {digits:digit is|digits"
    " are} required.",
    "judged.digits-vague": (
        "Too few digits to tell whether this is correct; at least {digits} significant {digits:digit is|digits "
        "are} required."
    ),
    "judged.cut-off": (
        "The digits are correct but truncated rather than rounded; at least {digits} significant {digits:digit "
        "is|digits are} required."
    ),
    "judged.not-computed": "This follows from values that were not computed: {fields:and}. It earns no points.",
    "judged.from-impossible": "This follows from {fields:and}, but that activation function cannot produce such a"
    " value.",
    "judged.vanishes": "This follows from {fields:and}, which would reduce every later step to zero; in this "
    "network they are not zero.",
    "judged.outside": "{name} is outside the range of its activation function.",
    "judged.swapped": "{fields:and} appear to be swapped.",
    "judged.gives": "This mistake reproduces {fields:and} to {digits} {digits:digit|digits}.",
    "judged.formula-agrees": "Your formula agrees with this mistake at all {points} points tested.",
    "judged.other-sign": "All your node deltas have the opposite sign, a convention that some textbooks use; this"
    " is accepted.",
    "judged.no-value": "For example, your formula is undefined at {point}.",
    "judged.other-value": "For example, at {point} your formula gives {given:g}, which is not correct.",
    "value": "{name} = {value:g}",
    "both": "{first} {second}",
}


OVERRIDES: Mapping[str, str] = {
    "overrides": "{problems:;}.",
    "override.unknown": "{place} is not a setting that can be changed",
    "override.no-table": "{place} must be a table of names and values",
    "override.no-number": "{place} must be a number",
    "override.range": "{place} is out of range",
    "override.no-digits": "{place} must be a whole number from 1 to 15",
    "override.two-ways": "{place} must be given in one way only: digits, or absolute and relative, or a share of "
    "the change",
    "override.nothing-accepted": "{place} must allow some deviation: absolute and relative cannot both be 0",
    "override.not-asked": "{place} is not a field of this exercise",
    "override.no-update": "{place} is not an updated weight, so it has no change to take a share of",
    "override.formula": "{place} is a formula, which is either correct or not, so it has no tolerance",
    "override.trained": "{place} is judged by what the weights compute, so it has no tolerance",
    "override.nothing-left": "{place} leave no field that is worth any points",
}


REFUSED: Mapping[str, str] = {
    "refused.email-taken": "An account for {email} already exists.",
    "refused.unknown-user": "There is no account for {email}.",
    "refused.weak-password": "A password must have {shortest} to {longest} characters.",
    "refused.unknown-assignment": "There is no assignment {number}.",
    "refused.unknown-course": "There is no course {number}, or you are not a member of it.",
    "refused.unknown-submission": "There is no submission {id}.",
    "refused.unknown-token": "There is no token {number} to revoke; `grader tokens list` shows the existing ones.",
    "refused.not-your-assignment": "There is no assignment {number}, or you are not a member of its course.",
    "refused.no-student": "Assignment {assignment} has no student {number}.",
    "refused.message": "A message must have 1 to {most} characters.",
    "refused.foreign-learner": "The learner {learner} belongs to someone else.",
}


WEIGHTS: Mapping[str, str] = {
    "weights.no-file": "No file was uploaded.",
    "weights.blank": "The weights cannot be tested while {fields} {fields:is|are} blank.",
    "weights.unusable-file": "This file cannot be used. {reason}",
    "weights.bounds": "Weights must be between {low:g} and {high:g}; these are not: {outside}.",
    "weights.integers": "Weights must be whole numbers; these are not: {broken}.",
    "weights.overflow": "With these weights, some values become too large to compute.",
    "weights.accuracy": "{right} of {rows} rows are correct ({share:.1%}); a share of at least {wanted:.4g} is "
    "required.",
    "weights.accuracy-hidden": "{right} of {rows} hidden rows are correct ({share:.1%}); a share of at least "
    "{wanted:.4g} is required.",
    "weights.wrong-hidden": "{wrong} of {rows} {wrong:rows is|rows are} wrong.",
    "weights.wrong": "{wrong} of {rows} {wrong:rows is|rows are} wrong: {examples:;}.",
    "weights.row": "({inputs:g}) gives {outputs}",
    "weights.output": "{name} = {given:g} instead of {wanted:g}",
    "weights.loss": "The loss is {loss:g}; it must be below {bound:g}.",
    "weights.mean-loss": "The loss, averaged over {rows} rows, is {loss:g}; it must be below {bound:g}.",
    "weights.loss-beyond": "The loss is too large to compute; it must be below {bound:g}.",
    "weights.mean-loss-beyond": "The loss, averaged over {rows} rows, is too large to compute; it must be below "
    "{bound:g}.",
}


FITTING: Mapping[str, str] = {
    "fit.shapes": (
        "This network has weight matrices of {wanted} (nodes by inputs, or transposed), but the file has {given}."
        " Send one matrix for each layer of this network."
    ),
    "fit.named-shape": "{name} {rows} by {columns}",
    "fit.no-matrices": (
        "This network has weight matrices of {wanted} (nodes by inputs, or transposed), but the file has none. "
        "Send one matrix for each layer of this network."
    ),
    "fit.order-taken": "The layers in the file were read in this order: {names}.",
    "fit.order-open": (
        "The file does not record the order of its layers, and no order meets the requirements. This result is "
        "for the order {names}. If your order is different, save the file in a format that keeps it, or number "
        "the names: 0.weight, 1.weight."
    ),
    "fit.turned": (
        "{names} {names:was|were} read transposed: rows and columns are swapped compared with the usual layout of"
        " such files."
    ),
    "fit.unused": "Not used from this file: {names}.",
    "fit.normalization": (
        "The file contains batch normalization ({names}). This network has none, so it would compute something "
        "else. Train without normalization layers."
    ),
    "fit.shape": "{rows} by {columns}",
    "fit.biases": "Layer {layer} has {nodes} {nodes:node|nodes}; the file has {biases} {biases:bias|biases} for it.",
    "fit.no-connection": "The file has {value:g} where the network has no connection or no bias; that value must be 0.",
    "fit.given": "{name} is fixed at {wanted:g} and not trained, but the file has {value:g}.",
    "fit.shared": "All nodes of a layer share {name}, but the file has both {one:g} and {other:g} for it.",
    "fit.lacking": "Missing from the file: {names}.",
    "fit.lacking-more": "Missing from the file: {names} …",
    "fit.axes": "The array {name} has {axes} {axes:dimension|dimensions}; the weights of a layer have two.",
    "fit.whose-bias": "It is unclear which layer {name} belongs to.",
}


EMAILS: Mapping[str, str] = {
    "mail.reset-subject": "Your link to nn-grader",
    "mail.reset-text": """Hello {name},

You (or someone using your e-mail address) requested a link to sign in to nn-grader and set a password:

{address}

The link works once and expires in {hours} hours. If you did not request it, ignore this e-mail: nothing changes unless the link is used.
""",
}


NO_LONGER_SAID: Mapping[str, str] = {
    "formula.character": "The character {character} is not allowed in a formula.",
    "formula.unicode": "The character {code} ({name}) is not allowed in a formula.",
    "json.twice": "The JSON file uses a name twice.",
}
"""Messages that are no longer produced, but exist in stored reports."""


FILES: Mapping[str, str] = {
    "file.empty": "The file is empty.",
    "file.too-large": "The file is larger than {most} MiB.",
    "file.single-array": "This is a single NumPy array; save all weights in one .npz with numpy.savez.",
    "file.bare-pickle": "This is a bare pickle, which for safety is never opened; save the state_dict with a "
    "current version of torch.save.",
    "file.unknown-format": (
        "This file format is not supported. Supported formats are .json, .npz, .safetensors, a PyTorch "
        "state_dict, .weights.h5 and .keras."
    ),
    "file.no-arrays": "There are no arrays in the file.",
    "file.other-zip": "This zip archive contains something else; send the weights file itself.",
    "file.says-too-many-numbers": "The file declares more than {most:,} numbers, which is too many.",
    "file.too-many-numbers": "The file contains more than {most:,} numbers, which is too many.",
    "file.too-many-arrays": "The file contains more than {most:,} arrays, which is too many.",
    "file.unpacked": "Uncompressed, the file is larger than {most} MiB, which is too large.",
    "array.shape": "The array {name} has a shape that weights cannot have.",
    "array.kind": "The array {name} does not contain plain numbers ({kind}).",
    "array.short-float": "The array {name} uses 8 bits or fewer per number, which is not supported; save it as "
    "float32.",
    "array.no-numbers": "The array {name} does not contain plain numbers.",
    "array.not-finite": "The array {name} contains NaN or infinity, so the training has diverged.",
    "array.unusual": "The array {name} is stored in an unsupported way.",
    "array.number-too-large": "The array {name} contains a number that is too large.",
    "array.header": "The header of the array {name} cannot be read.",
    "array.objects": "The array {name} contains Python objects; only plain numbers are supported.",
    "array.size": "The header of the array {name} does not match its size.",
    "array.size-of-file": "The header of the array {name} does not match the size of the file.",
    "zip.too-many-members": "The archive has more than {most:,} members, which is too many.",
    "zip.damaged": "The archive is damaged or truncated; send the file again.",
    "zip.same-name": "The archive has two members with the same name.",
    "zip.member-too-large": "The member {name} is larger than allowed.",
    "zip.member-damaged": "The member {name} is damaged or truncated.",
    "zip.member-size": "The size of the member {name} differs from the size that the archive declares.",
    "zip.member-lacking": "The member {name} is missing from the archive.",
    "zip.member-packed": "The member {name} is encrypted or compressed with an unsupported method.",
    "zip.member-ratio": "The member {name} expands to more than {most} times its size, which is not accepted.",
    "h5.damaged": "The HDF5 file is damaged or truncated.",
    "h5.not-read-here": "This server does not support Keras files; send .safetensors, .npz or .json instead.",
    "h5.too-much": "The HDF5 file contains more than the weights of a network.",
    "h5.elsewhere": "The HDF5 file links to another place at {name}, which is not accepted.",
    "json.invalid": "The file is not valid JSON.",
    "json.invalid-at": "The file is not valid JSON: there is an error at line {line}, character {column}.",
    "json.no-object": "The JSON file must be an object that maps names to lists of numbers.",
    "json.no-list": "{name} must be a number, a list of numbers, or a list of such lists.",
    "json.lengths": "The lists in {name} differ in length.",
    "json.not-finite": "The file contains {value}, so the training has diverged.",
    "json.name-twice": "The file uses the name {name} twice, so it is unclear which one is meant.",
    "pickle.does-more": "The pickle in the file does more than store numbers ({opcode}).",
    "pickle.wants": "The pickle in the file requires {name}, but only tensors are read. Save model.state_dict(), "
    "not the model.",
    "pickle.damaged": "The pickle in the file is damaged or truncated.",
    "torch.unread": "The file describes a tensor in an unsupported way.",
    "torch.beyond": "A tensor in the file extends beyond the stored numbers.",
    "torch.storage-size": "The size of the storage {name} differs from the size that the file declares.",
    "torch.no-state": "The archive is not a state_dict saved by torch.save.",
    "torch.no-tensors": "The file contains no named tensors; save model.state_dict().",
    "torch.shape": "A tensor in the file has a shape that weights cannot have.",
    "safetensors.length": "The header of the safetensors file is longer than the file, or than is allowed.",
    "safetensors.header": "The header of the safetensors file cannot be read.",
    "safetensors.names": "The header of the safetensors file does not name its arrays.",
    "safetensors.array": "The header of the safetensors file does not describe {name} correctly.",
}


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
