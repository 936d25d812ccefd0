"""A sentence of one language with places for values."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import TypeAlias

from grader.sayings.manner import Manner

Value: TypeAlias = "str | float | tuple[str | float, ...]"
"""What is put into a sentence: a name, another sentence, a number, or a list of these."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes.

    Attributes:
        before: the words before it.
        name: of the value; None at the end of the sentence.
        manner: how it is written: a format of Python's for numbers; of lists `and` (before the last), `;` (between all)
            or nothing (commas); `is|are` is no value but the word that fits one, or many.
    """

    before: str
    name: str | None
    manner: str


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence, taken apart once."""

    places: tuple[Place, ...]

    @classmethod
    def of(cls, text: str) -> "Template":
        """Read `{names:and} {names:is|are} what this gives, to {digits} {digits:digit|digits}.`."""
        return cls(tuple(Place(before, name, spec or "") for before, name, spec, _ in Formatter().parse(text)))

    @property
    def names(self) -> frozenset[str]:
        """The values that it wants."""
        return frozenset(place.name for place in self.places if place.name is not None)

    def filled(self, values: Mapping[str, Value], manner: Manner) -> str:
        """The sentence with its values.

        Raises:
            KeyError: one of them is not there.
        """
        return "".join(
            place.before if place.name is None else place.before + _written(values[place.name], place.manner, manner)
            for place in self.places
        )


def _written(value: Value, how: str, manner: Manner) -> str:
    if "|" in how:
        one, many = how.split("|")
        return one if (len(value) if isinstance(value, tuple) else value) == 1 else many
    if isinstance(value, tuple):
        return _listed(value, how, manner)
    return value if isinstance(value, str) else format(value, how).translate(manner.marks)


def _listed(values: tuple[str | float, ...], how: str, manner: Manner) -> str:
    if how == ";":
        return "; ".join(map(str, values))
    if how == "and" and len(values) > 1:
        *most, last = map(str, values)
        return f"{', '.join(most)}{manner.last}{last}"
    if how in {"", "and"}:
        return ", ".join(map(str, values))
    return manner.between_numbers.join(_written(value, how, manner) for value in values)
