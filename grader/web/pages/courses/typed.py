"""What was typed into a form, read field by field; what is wrong with each is kept beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from grader.services.wall_clock import Unclear, UnclearTimeError, moment

LONGEST = 200
_Choice = TypeVar("_Choice", bound=StrEnum)

UNCLEAR = {
    Unclear.UNREADABLE: lazy_gettext("This is no date and time."),
    Unclear.SKIPPED: lazy_gettext(
        "This time does not exist there: the clocks are put forward over it. Choose an hour earlier or later."
    ),
    Unclear.TWICE: lazy_gettext(
        "This time comes twice there, since the clocks are put back. Choose an hour earlier or later."
    ),
}


@dataclass(slots=True)
class Typed:
    """The texts of a form; reading a field that cannot be read notes a problem and gives a stand-in."""

    form: Mapping[str, str]
    problems: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, most: int = LONGEST) -> str:
        """One line that must not be empty."""
        typed = " ".join(self.form.get(name, "").split())
        if not typed:
            self.problems[name] = _("This is needed.")
        elif len(typed) > most:
            self.problems[name] = _("At most %(most)s characters; these are %(there)s.", most=most, there=len(typed))
        elif not typed.isprintable():
            self.problems[name] = _("There are characters in it that cannot be shown.")
        return typed

    def number(self, name: str, least: float, most: float) -> float | None:
        """A number with a decimal point or comma; None where the field is empty."""
        typed = self.form.get(name, "").strip().replace(",", ".")
        if not typed:
            return None
        try:
            value = float(typed)
        except ValueError:
            value = float("nan")
        if least <= value <= most:
            return value
        self.problems[name] = _("A number from %(least)s to %(most)s.", least=f"{least:g}", most=f"{most:g}")
        return None

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number; None where the field is empty."""
        value = self.number(name, least, most)
        if name in self.problems or (value is not None and value != int(value)):
            self.problems[name] = _("A whole number from %(least)s to %(most)s.", least=least, most=most)
            return None
        return None if value is None else int(value)

    def moment(self, name: str, zone: str) -> datetime | None:
        """A moment, as a clock in the zone shows it; None where the field is empty."""
        typed = self.form.get(name, "")
        if not typed.strip():
            return None
        try:
            return moment(typed, zone)
        except UnclearTimeError as unclear:
            self.problems[name] = str(UNCLEAR[unclear.why])
            return None

    def choice(self, name: str, among: type[_Choice], otherwise: _Choice) -> _Choice:
        """One of a few words; what is not among them is what stands for no choice."""
        try:
            return among(self.form.get(name, otherwise))
        except ValueError:
            self.problems[name] = _("Choose one of these.")
            return otherwise
