"""How a language writes numbers and lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ENGLISH = "en"
VIETNAMESE = "vi"


@dataclass(frozen=True, slots=True)
class Manner:
    """What differs between languages besides their words.

    Attributes:
        marks: from the point and comma of Python's numbers to those of the language, for `str.translate`.
        between_numbers: what stands between two numbers of a list; no comma where a comma is the decimal mark.
        last: what stands before the last thing of a list.
    """

    marks: Mapping[int, int]
    between_numbers: str
    last: str


MANNERS: Mapping[str, Manner] = MappingProxyType(
    {
        ENGLISH: Manner({}, ", ", " and "),
        VIETNAMESE: Manner(str.maketrans(".,", ",."), "; ", " và "),
    }
)
LANGUAGES = tuple(MANNERS)
