"""Rows that describe no person: what gradebooks and spreadsheets write above, between and below people."""

import re

from grader.services.rosters.addresses import Addresses, addresses_in
from grader.services.rosters.cells import tidy
from grader.services.rosters.findings import Nobody
from grader.services.rosters.layout import Layout
from grader.services.rosters.rows import Row
from grader.services.rosters.titles import Column, plain

_SUMMARY_WORDS = (
    "points possible|max points|maximum points|maximum|minimum|max|min|total points|points|out of|due date|date|"
    "overall average|average|group average|class average|course average|mean|median|total|totals|sum|subtotal|count|"
    "number of students|standard deviation|std dev|end of list|end of file|weight|"
    "gesamtdurchschnitt|durchschnitt|gruppendurchschnitt|mittelwert|summe|gesamt|anzahl|maximalpunkte|"
    "moyenne|moyenne générale|moyenne du groupe|moyenne de la classe|médiane|somme|nombre|"
    "promedio|promedio general|media|media general|suma|total general|"
    "media complessiva|media generale|totale|somma|média|média geral|soma|"
    "średnia|średnia ogólna|suma|łącznie|gemiddelde|algemeen gemiddelde|totaal|som|"
    "điểm trung bình|trung bình|trung bình chung|trung bình cả lớp|điểm tối đa|tổng|tổng cộng|tổng số|sĩ số|"
    "medelvärde|gjennomsnitt|gennemsnit|keskiarvo|průměr|celkový průměr|ortalama|genel ortalama|среднее|итого|всего|"
    "平均|总平均|合计|平均点|合計|평균|합계|rata-rata"
)
_SUMMARIES = frozenset(map(plain, _SUMMARY_WORDS.split("|")))
_ALSO_NAMES = frozenset({"max", "min", "som", "mean", "date", "sum"})
"""Summaries that could be a person; they are none where only figures stand beside them."""

_FIGURE = re.compile(r"[\d.,:%/\s-]*")
_TEST_STUDENTS = frozenset({"studenttest", "teststudent", "previewuser", "testuser", "demostudent"})
MANY_WORDS = 7
"""More than names have."""

SHORTEST_NUMBER = 5
"""Digits of a student number; fewer are of a group, a week or a year."""


def nobody(row: Row, layout: Layout | None) -> Nobody | None:
    """Say why a row describes no person; None where it may describe one."""
    filled = row.filled
    if not any(letter.isalnum() for cell in filled for letter in cell):
        return Nobody.RULE if filled else Nobody.BLANK
    if any(addresses_in(cell) != Addresses() for cell in filled):
        return None
    if _is_summary(row, layout):
        return Nobody.SUMMARY
    if layout is not None and not layout.holds_anything(row.cells):
        return Nobody.UNUSED
    return _comment(row) or _test_student(row, layout)


def _is_summary(row: Row, layout: Layout | None) -> bool:
    first, *others = row.filled
    word = plain(first)
    if word not in _ALSO_NAMES:
        return word in _SUMMARIES
    numbers = all(_FIGURE.fullmatch(cell) for cell in others)
    return numbers and layout is not None and not layout.cell(row.cells, Column.NUMBER).strip()


def _test_student(row: Row, layout: Layout | None) -> Nobody | None:
    """Canvas has a student for trying things, whose login is a random number."""
    name = "" if layout is None else layout.name(row.cells)
    return Nobody.TEST_STUDENT if plain(name) in _TEST_STUDENTS else None


def _comment(row: Row) -> Nobody | None:
    if len(row.filled) != 1:
        return None
    text = tidy(row.filled[0])
    if text.startswith(("# ", "//", ";", "##")):
        return Nobody.COMMENT
    is_prose = ":" in text or "©" in text or len(text.split()) >= MANY_WORDS
    return Nobody.PROSE if is_prose or _is_heading(text) else None


def _is_heading(text: str) -> bool:
    """`Tutorial group 1`: words and a number, alone on a line."""
    return " " in text and any(word.isdigit() and len(word) < SHORTEST_NUMBER for word in text.split())
