"""The font of formulas, STIX Two Math (SIL Open Font License), as the ziamath package carries it."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

NAME = "stix-two-math.ttf"
FILE = "fonts/STIXTwoMath-Regular.ttf"
MEDIA_TYPE = "font/ttf"


@cache
def path() -> Path:
    """Return where the file is; the package is not imported, since that would load all of its drawing."""
    spec = find_spec("ziamath")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package ziamath is not installed")
    return Path(spec.origin).parent / FILE
