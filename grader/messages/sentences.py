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

somebody, probably you, asked for a link to sign in to nn-grader and set a password. Open this one:

{address}

It works once, within {hours} hours. If you did not ask for it, there is nothing to do: without the link nothing changes.
""",
}


NO_LONGER_SAID: Mapping[str, str] = {
    "formula.character": "The character {character} is not allowed in a formula.",
    "formula.unicode": "The character {code} ({name}) is not allowed in a formula.",
    "json.twice": "The JSON file uses a name twice.",
}
"""Messages that are no longer produced, but exist in stored reports."""
