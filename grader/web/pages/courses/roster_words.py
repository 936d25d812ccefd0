"""What is said about the lines of a list: why one is refused, why one is passed over, what happens to a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from grader.services.rosters.findings import Flaw, Nobody, PassedOver, Wrong

WORDS: Mapping[Wrong, object] = MappingProxyType(
    {
        Wrong.ENCODING: lazy_gettext(
            "This line is not written in that encoding. Choose another one, save the file as “CSV UTF-8”, "
            "or paste the rows instead."
        ),
        Wrong.NO_TEXT: lazy_gettext("This is no text. Export the list as CSV, or paste the rows."),
        Wrong.OTHER_FORMAT: lazy_gettext(
            "This file is no CSV but another kind: %(text)s. Save the list as “CSV UTF-8”, or paste the rows."
        ),
        Wrong.EMPTY: lazy_gettext("There is nobody in this list."),
        Wrong.QUOTES: lazy_gettext("A quotation mark that begins on this line is not closed as it should be: %(text)s"),
        Wrong.TOO_MANY: lazy_gettext("There are more than %(text)s rows. Bring them in as several lists."),
        Wrong.NO_EMAIL_COLUMN: lazy_gettext(
            "No column of the first row is called e-mail. There are: %(text)s. The first row names the columns. "
            "People are told apart by e-mail address, by login (say below how it becomes an address) or, "
            "if they are in the course already, by student number."
        ),
        Wrong.BAD_DOMAIN: lazy_gettext(
            "“%(text)s” is not the end of an e-mail address. Write what follows the @, such as example.edu."
        ),
        Wrong.ABOVE_TITLES: lazy_gettext(
            "“%(text)s” is above the row that names the columns. If it is a person of the course, move it below."
        ),
        Wrong.BAD_EMAIL: lazy_gettext("“%(text)s” is no e-mail address."),
        Wrong.LOGIN: lazy_gettext(
            "“%(text)s” is no e-mail address. If it is a login, say below what completes logins to addresses "
            "(%(text)s@…), or add a column of e-mail addresses or of student numbers."
        ),
        Wrong.NO_EMAIL: lazy_gettext("There is no e-mail address on this line."),
        Wrong.UNKNOWN_NUMBER: lazy_gettext(
            "There is no e-mail address on this line, and nobody in the course has the student number %(text)s."
        ),
        Wrong.SEVERAL_EMAILS: lazy_gettext(
            "There is more than one e-mail address for one person: %(text)s. Keep one, or put each person on a line."
        ),
        Wrong.SEVERAL_NUMBERS: lazy_gettext(
            "More than one cell could be the student number: %(text)s. Add a first row that names the columns."
        ),
        Wrong.TWICE: lazy_gettext(
            "%(text)s stands on line %(other)s already, with another name, role or student number. That one is taken."
        ),
        Wrong.NUMBER_TAKEN: lazy_gettext("Somebody else in the course has the student number %(text)s already."),
        Wrong.NUMBER_TWICE: lazy_gettext("The student number %(text)s stands on line %(other)s already."),
        Wrong.NUMBER_DAMAGED: lazy_gettext(
            "“%(text)s” is a student number that a spreadsheet has rounded or cut. Format the column as text, "
            "type the number again and export the list once more."
        ),
        Wrong.UNKNOWN_ROLE: lazy_gettext(
            "“%(text)s” is no role here. Roles are student, assistant and instructor; left empty it is student."
        ),
        Wrong.TOO_LONG: lazy_gettext("“%(text)s” is too long: a name has at most 200 characters, a number 64."),
        Wrong.UNPRINTABLE: lazy_gettext("There are characters in “%(text)s” that cannot be shown."),
        Wrong.LOST_LETTERS: lazy_gettext(
            "Letters of “%(text)s” were lost when the list was saved. Export it again as “CSV UTF-8”."
        ),
        Wrong.FORMULA: lazy_gettext("“%(text)s” is a formula of a spreadsheet, neither a name nor a student number."),
        Wrong.MARKUP: lazy_gettext("“%(text)s” is no name but part of a web page or a program."),
        Wrong.TOO_MANY_CELLS: lazy_gettext(
            "There are more cells than columns: %(text)s. A name with a comma needs quotation marks around it."
        ),
        Wrong.LAST_INSTRUCTOR: lazy_gettext("Without %(text)s the course has no instructor any more."),
    }
)

PASSED_OVER: Mapping[Nobody, object] = MappingProxyType(
    {
        Nobody.BLANK: lazy_gettext("nothing is written there"),
        Nobody.SEPARATOR: lazy_gettext("it names the character between cells"),
        Nobody.ABOVE: lazy_gettext("it is above the row that names the columns"),
        Nobody.TITLES: lazy_gettext("it names the columns again"),
        Nobody.UNKNOWN_TITLES: lazy_gettext(
            "it seems to name the columns, in words that are not known here; each cell below is recognised by its looks"
        ),
        Nobody.RULE: lazy_gettext("it holds no letter and no digit"),
        Nobody.COMMENT: lazy_gettext("it is a comment"),
        Nobody.SUMMARY: lazy_gettext("it holds points, averages or totals of a gradebook"),
        Nobody.TEST_STUDENT: lazy_gettext("it is the test student of the other system"),
        Nobody.PROSE: lazy_gettext("it is a heading or a remark"),
        Nobody.UNUSED: lazy_gettext("it holds nothing in the columns that are looked at"),
        Nobody.SAME: lazy_gettext("it says the same as line %(other)s"),
    }
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One line, and what is said about it; line 0 is none."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One line that was passed over; `last` is another number where several lines are meant."""

    line: int
    last: int
    text: str
    words: str


def complaint(flaw: Flaw) -> Complaint:
    """Say what is wrong with a line."""
    return Complaint(flaw.line, (str(WORDS[flaw.wrong]) % {"text": flaw.text, "other": flaw.other}).strip())


def remark(line: PassedOver) -> Remark:
    """Say why a line was passed over."""
    last = line.other if line.why is Nobody.BLANK else line.line
    return Remark(line.line, last, line.text, str(PASSED_OVER[line.why]) % {"other": line.other})


def outcomes() -> dict[str, str]:
    """What happens to somebody, in a word."""
    return {
        "new": _("new, without an account so far"),
        "added": _("new in the course"),
        "changed": _("changed"),
        "same": _("stays as it is"),
    }
