"""Messages of reports, refusals and warnings."""

from collections.abc import Mapping

JUDGED: Mapping[str, str] = {
    "judged.digits-wanted": "This agrees as far as it goes; at least {digits} significant {digits:digit is|digits are} wanted.",
    "judged.digits-vague": (
        "Too few digits to tell whether this is right; "
        "at least {digits} significant {digits:digit is|digits are} wanted."
    ),
    "judged.cut-off": (
        "The digits are right, but cut off rather than rounded; "
        "at least {digits} significant {digits:digit is|digits are} wanted."
    ),
    "judged.not-computed": "This follows from values that were not computed: {fields:and}. It earns nothing.",
    "judged.from-impossible": "This follows from {fields:and}, but no such value can come out of that activation function.",
    "judged.vanishes": "This follows from {fields:and}, but there it makes all later steps vanish, which they do not in this network.",
    "judged.outside": "{name} is outside the range of its activation function.",
    "judged.swapped": "{fields:and} hold each other's values.",
    "judged.gives": "{fields:and} {fields:is|are} what this gives, to {digits} {digits:digit|digits}.",
    "judged.formula-agrees": "Your formula agrees with it at all {points} points that were tried.",
    "judged.other-sign": "Your node deltas have the opposite sign throughout, as some sources write them; that is accepted.",
    "judged.no-value": "At {point}, for example, your formula has no value.",
    "judged.other-value": "At {point}, for example, your formula gives {given:g}, which is not right.",
    "value": "{name} = {value:g}",
    "both": "{first} {second}",
}


OVERRIDES: Mapping[str, str] = {
    "overrides": "{problems:;}.",
    "override.unknown": "{place} is nothing that can be changed",
    "override.no-table": "{place} must be a table of names and values",
    "override.no-number": "{place} must be a number",
    "override.range": "{place} is out of its range",
    "override.no-digits": "{place} must be a whole number from 1 to 15",
    "override.two-ways": "{place} must be said in one way: digits, or absolute and relative, or a share of the change",
    "override.nothing-accepted": "{place} must leave some room: absolute and relative cannot both be 0",
    "override.not-asked": "{place} is no field of this exercise",
    "override.no-update": "{place} is no updated weight, so there is no change to take a share of",
    "override.formula": "{place} is a formula, which is right or not: it has no tolerance",
    "override.trained": "{place} is judged by what the weights do: it has no tolerance",
    "override.nothing-left": "{place} leave no field that is worth anything",
}


REFUSED: Mapping[str, str] = {
    "refused.email-taken": "Somebody is registered as {email}.",
    "refused.unknown-user": "Nobody is registered as {email}.",
    "refused.weak-password": "A password has {shortest} to {longest} characters.",
    "refused.unknown-assignment": "There is no assignment {number}.",
    "refused.unknown-course": "There is no course {number}, or you do not belong to it.",
    "refused.unknown-submission": "There is no submission {id}.",
    "refused.unknown-token": "There is no token {number} to revoke; `grader tokens list` shows those there are.",
    "refused.not-your-assignment": "There is no assignment {number}, or you do not belong to its course.",
    "refused.no-student": "Assignment {assignment} has no student {number}.",
    "refused.message": "A message has from 1 to {most} characters.",
    "refused.foreign-learner": "The learner {learner} is somebody else's.",
}


WEIGHTS: Mapping[str, str] = {
    "weights.no-file": "No file was sent.",
    "weights.blank": "Nothing can be tried while {fields} {fields:is|are} blank.",
    "weights.unusable-file": "This file can't be used. {reason}",
    "weights.bounds": "Weights have to lie between {low:g} and {high:g}: {outside}.",
    "weights.integers": "Weights have to be whole numbers: {broken}.",
    "weights.overflow": "With these weights some values grow beyond what can be computed.",
    "weights.accuracy": "{right} of {rows} rows are right ({share:.1%}); at least {wanted:.4g} of all is asked.",
    "weights.accuracy-hidden": "{right} of {rows} hidden rows are right ({share:.1%}); at least {wanted:.4g} of all is asked.",
    "weights.wrong-hidden": "{wrong} of {rows} {wrong:rows is|rows are} wrong.",
    "weights.wrong": "{wrong} of {rows} {wrong:rows is|rows are} wrong: {examples:;}.",
    "weights.row": "({inputs:g}) gives {outputs}",
    "weights.output": "{name} = {given:g} instead of {wanted:g}",
    "weights.loss": "The loss is {loss:g}; it has to be below {bound:g}.",
    "weights.mean-loss": "The loss, the mean over {rows} rows, is {loss:g}; it has to be below {bound:g}.",
    "weights.loss-beyond": "The loss is beyond all measure; it has to be below {bound:g}.",
    "weights.mean-loss-beyond": "The loss, the mean over {rows} rows, is beyond all measure; it has to be below {bound:g}.",
}


FITTING: Mapping[str, str] = {
    "fit.shapes": (
        "The network's layers have weights of {wanted} (nodes by sources, or transposed); the file has {given}. "
        "Send one matrix for each layer of this network."
    ),
    "fit.named-shape": "{name} {rows} by {columns}",
    "fit.no-matrices": (
        "The network's layers have weights of {wanted} (nodes by sources, or transposed); the file has none. "
        "Send one matrix for each layer of this network."
    ),
    "fit.order-taken": "The layers of the file were read in the order {names}.",
    "fit.order-open": (
        "The file does not tell the order of its layers, and no order of them does what is asked. "
        "Shown is {names}. If that is not yours, save a file that keeps the order, or number the names: "
        "0.weight, 1.weight."
    ),
    "fit.turned": (
        "{names} {names:was|were} read transposed: with rows and columns the other way round than usual in such files."
    ),
    "fit.unused": "Not used from the file: {names}.",
    "fit.normalization": (
        "The file has values of a batch normalization ({names}); the network here has none, and computes something "
        "else without it. Train without normalization layers."
    ),
    "fit.shape": "{rows} by {columns}",
    "fit.biases": "Layer {layer} has {nodes} {nodes:node|nodes}; the file has {biases} {biases:bias|biases} for it.",
    "fit.no-connection": "The file has {value:g} where the network has no connection or no bias; there it must be 0.",
    "fit.given": "{name} is given as {wanted:g} and not trained; the file has {value:g}.",
    "fit.shared": "{name} is shared by the nodes of a layer; the file has {one:g} and {other:g} for it.",
    "fit.lacking": "The file lacks {names}.",
    "fit.lacking-more": "The file lacks {names} …",
    "fit.axes": "The array {name} has {axes} {axes:axis|axes}; weights of a layer have two.",
    "fit.whose-bias": "It can't be told which layer {name} belongs to.",
}


NO_LONGER_SAID: Mapping[str, str] = {
    "formula.character": "The character {character} can't be read in a formula.",
    "formula.unicode": "The character {code} ({name}) can't be read in a formula.",
    "json.twice": "A name stands twice in the JSON file.",
}
"""Messages that are no longer produced, but exist in stored reports."""
