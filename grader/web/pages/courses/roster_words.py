"""What is wrong with the lines of a roster, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from grader.services.roster_text import Flaw, Wrong

WORDS: Mapping[Wrong, object] = MappingProxyType(
    {
        Wrong.ENCODING: lazy_gettext(
            "Something on this line is not UTF-8. Save the file as “CSV UTF-8” (or UTF-16), or paste the rows instead."
        ),
        Wrong.NO_TEXT: lazy_gettext("This is no text. Export the list as CSV, or paste the rows."),
        Wrong.EMPTY: lazy_gettext("There is nobody in this list."),
        Wrong.QUOTES: lazy_gettext("A quotation mark that begins on this line is not closed as it should be."),
        Wrong.TOO_MANY: lazy_gettext("There are more than %(text)s rows. Bring them in as several lists."),
        Wrong.NO_EMAIL_COLUMN: lazy_gettext(
            "No column of the first row is called e-mail. There are: %(text)s. The first row names the columns."
        ),
        Wrong.BAD_EMAIL: lazy_gettext("“%(text)s” is no e-mail address."),
        Wrong.NO_EMAIL: lazy_gettext("There is no e-mail address on this line."),
        Wrong.TWICE: lazy_gettext("%(text)s stands on line %(other)s already."),
        Wrong.NUMBER_TAKEN: lazy_gettext("Somebody else in the course has the student number %(text)s already."),
        Wrong.NUMBER_TWICE: lazy_gettext("The student number %(text)s stands on line %(other)s already."),
        Wrong.UNKNOWN_ROLE: lazy_gettext(
            "“%(text)s” is no role here. Roles are student, assistant and instructor; left empty it is student."
        ),
        Wrong.TOO_LONG: lazy_gettext("“%(text)s” is too long: a name has at most 200 characters, a number 64."),
        Wrong.UNPRINTABLE: lazy_gettext("There are characters in “%(text)s” that cannot be shown."),
        Wrong.TOO_MANY_CELLS: lazy_gettext(
            "There are more cells than columns: %(text)s. A name with a comma needs quotation marks around it."
        ),
        Wrong.LAST_INSTRUCTOR: lazy_gettext("Without %(text)s the course has no instructor any more."),
    }
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One wrong line."""

    line: int
    words: str


def complaint(flaw: Flaw) -> Complaint:
    """Say what is wrong with a line."""
    return Complaint(flaw.line, str(WORDS[flaw.wrong]) % {"text": flaw.text, "other": flaw.other})


def outcomes() -> dict[str, str]:
    """What happens to somebody, in a word."""
    return {
        "new": _("new, without an account so far"),
        "added": _("new in the course"),
        "changed": _("changed"),
        "same": _("stays as it is"),
    }
