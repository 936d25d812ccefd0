"""Names as they stand in a drawing, where there is no MathML: letters and an index."""

from dataclasses import dataclass

from grader.engine.notation import SHAPE

GREEK = {
    "delta": "δ",
    "eta": "η",
    "alpha": "α",  # noqa: RUF001 - what is meant
    "beta": "β",
    "theta": "θ",
    "sigma": "σ",  # noqa: RUF001 - the same
}


@dataclass(frozen=True, slots=True)
class NameParts:
    """What stands on the line, and what is set below it."""

    letters: str
    index: str


def name_parts(name: str) -> NameParts:
    """`w5` → w and 5, `b_h1` → b and h1, `eta` → η; what begins with no letter stands as it is."""
    match = SHAPE.fullmatch(name)
    if match is None:
        return NameParts(name, "")
    return NameParts(GREEK.get(match["letters"], match["letters"]), match["index"].replace("_", ","))
