"""Values of forms and queries, read field by field."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from grader.judging.reading.numbers import Unreadable, read_number
from grader.judging.reading.text import plain
from grader.services.courses.time_zones import Unclear, UnclearTimeError, moment

Choice = TypeVar("Choice", bound=StrEnum)

LONGEST_SEARCH: Final = 200
LARGEST_NUMBER: Final = 2**31
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(9000, 1, 1)


def search_words(given: Mapping[str, str], name: str) -> str | None:
    """Return a search text of visible characters; None if there is none."""
    return "".join(filter(str.isprintable, given.get(name, ""))).strip()[:LONGEST_SEARCH] or None


def query_choice(given: Mapping[str, str], name: str, kind: type[Choice]) -> Choice | None:
    """Return one of several choices."""
    return next((one for one in kind if one.value == given.get(name)), None)


def query_number(given: Mapping[str, str], name: str) -> int | None:
    """Return a number from 0, within the database's range."""
    text = given.get(name, "")
    found = int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_SEARCH else None
    return found if found is not None and found < LARGEST_NUMBER else None


def query_day(given: Mapping[str, str], name: str, zone: str | None, *, after: bool = False) -> datetime | None:
    """Return when a day begins in the reader's time zone, or the day after it."""
    try:
        found = date.fromisoformat(given.get(name, ""))
    except ValueError:
        return None
    if not FIRST_DAY <= found <= LAST_DAY:
        return None
    begins = datetime.combine(found + timedelta(days=1) if after else found, time(), ZoneInfo(zone) if zone else UTC)
    return begins.astimezone(UTC)


LONGEST_LINE = 200
PERCENT = 100.0
_Choice = TypeVar("_Choice", bound=StrEnum)

UNCLEAR_TIMES = {
    Unclear.UNREADABLE: lazy_gettext("Enter a valid date and time."),
    Unclear.SKIPPED: lazy_gettext(
        "This time does not exist because the clocks go forward. Choose an hour earlier or later."
    ),
    Unclear.TWICE: lazy_gettext("This time occurs twice because the clocks go back. Choose an hour earlier or later."),
}


def number_of(text: str) -> float | None:
    """Return the number in a text; nan if it is not a number or is a share; None if it is empty."""
    try:
        found = read_number(text)
    except Unreadable:
        return math.nan
    is_share = plain(text).endswith(("%", "\N{PER MILLE SIGN}"))
    if is_share:
        return math.nan
    return None if found is None else found.value


@dataclass(slots=True)
class FormInput:
    """The texts of a form; reading an invalid field records a problem and returns a substitute."""

    form: Mapping[str, str]
    problems: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, most: int = LONGEST_LINE) -> str:
        """Return one line that must not be empty."""
        typed = " ".join(self.form.get(name, "").split())
        if not typed:
            self.problems[name] = _("This field is required.")
        elif len(typed) > most:
            self.problems[name] = _(
                "Enter at most %(most)s characters; there are %(there)s.", most=most, there=len(typed)
            )
        elif not typed.isprintable():
            self.problems[name] = _("Contains characters that cannot be displayed.")
        return typed

    def number(self, name: str, least: float, most: float) -> float | None:
        """Return a number in any form that answers may have; None if the field is empty.

        Percentages are not accepted: what 8 % of points means is not known here.
        """
        return self._within(name, self.form.get(name, ""), least, most)

    def percent(self, name: str) -> float | None:
        """Return a percentage, with or without the sign; None if the field is empty."""
        return self._within(name, plain(self.form.get(name, "")).removesuffix("%"), 0, PERCENT)

    def _within(self, name: str, text: str, least: float, most: float) -> float | None:
        value = number_of(text)
        if value is None or least <= value <= most:
            return value
        self.problems[name] = _("Enter a number from %(least)s to %(most)s.", least=f"{least:g}", most=f"{most:g}")
        return None

    def whole(self, name: str, least: int, most: int) -> int | None:
        """Return an integer; None if the field is empty."""
        value = self.number(name, least, most)
        if name in self.problems or (value is not None and value != int(value)):
            self.problems[name] = _("Enter a whole number from %(least)s to %(most)s.", least=least, most=most)
            return None
        return None if value is None else int(value)

    def moment(self, name: str, zone: str) -> datetime | None:
        """Return a moment, entered as local time in the zone; None if the field is empty."""
        typed = self.form.get(name, "")
        if not typed.strip():
            return None
        try:
            return moment(typed, zone)
        except UnclearTimeError as unclear:
            self.problems[name] = str(UNCLEAR_TIMES[unclear.why])
            return None

    def choice(self, name: str, among: type[_Choice], otherwise: _Choice) -> _Choice:
        """Return one of several choices; `otherwise` for anything else."""
        try:
            return among(self.form.get(name, otherwise))
        except ValueError:
            self.problems[name] = _("Choose one of the options.")
            return otherwise
