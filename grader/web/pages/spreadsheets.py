"""Tables as CSV and as workbooks, which a spreadsheet opens as data and never as formulas.

Numbers are numbers, texts are texts, and nothing is guessed or evaluated. A workbook is one sheet without formulas or
formatting: too little to need a dependency.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

BYTE_ORDER_MARK = "\ufeff"  # without it, Excel reads UTF-8 in its own code page
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - Excel also evaluates full-width signs
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
"""What every spreadsheet with decimal points reads as the number that it is."""

_MONTH = (
    "jan|gen|ene|sty|feb|fév|fev|lut|mar|mär|mrz|mrt|apr|avr|abr|kwi|may|mai|mei|mag|maj|jun|juin|giu|cze|jul|juil|lug|"
    "lip|aug|aoû|ago|sie|sep|set|wrz|oct|okt|ott|out|paź|nov|lis|dec|déc|dez|dic|gru"
)
CHANGED = re.compile(rf"[\d+\-.,/:%'$€£(].*|({_MONTH})\w*[-./ ]?\d.*|true|false", re.IGNORECASE | re.DOTALL)
"""What a spreadsheet converts to a number, a date, a time or a boolean."""


class Identifier(str):
    """A text that must not be converted, although it may look like a number: 0012345, 3E7, 1-2."""

    __slots__ = ()


def as_typed(text: str) -> str:
    """Return typed text that a spreadsheet leaves unchanged, for example a fraction (1/3) or a comma (0,38)."""
    return text if DECIMAL.fullmatch(text) else Identifier(text)


Cell = str | float | None
"""A text, a number, or nothing."""


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """How a table is written.

    Attributes:
        marked: whether the file begins with a byte order mark: Excel needs one, importers fail on it.
        comma: whether to use decimal commas; cells are then separated by semicolons, as in those locales.
        for_eyes: whether identifiers are written as `="0012345"`, which spreadsheets leave unchanged; importing
            programs need the plain text.
    """

    marked: bool = True
    comma: bool = False
    for_eyes: bool = True


PLAIN = CsvStyle(marked=False, for_eyes=False)
"""For programs."""


def guarded(text: str) -> str:
    """Put an apostrophe before anything that a spreadsheet would evaluate; plain numbers are safe."""
    evaluated = text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
    return f"'{text}" if evaluated and not NUMBER.fullmatch(text) else text


def number_text(value: float) -> str:
    """Format a number with a decimal point, and as many decimals as Moodle stores."""
    return f"{round(value, 5):.10g}"


def csv_lines(rows: Iterable[Sequence[Cell]], style: CsvStyle = CsvStyle()) -> Iterator[str]:
    """Yield the rows one by one, so that a long table needs no memory."""
    if style.marked:
        yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=";" if style.comma else ",").writerow([_cell_text(cell, style) for cell in row])
        yield line.getvalue()


def _cell_text(cell: Cell, style: CsvStyle) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return number_text(cell).replace(".", "," if style.comma else ".")
    if style.for_eyes and isinstance(cell, Identifier) and CHANGED.fullmatch(cell):
        return '="{}"'.format(cell.replace('"', '""'))
    return guarded(cell)


WORKBOOK_MIMETYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_DOCUMENT}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_DOCUMENT}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_DOCUMENT}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
    '<sheets><sheet name="nn-grader" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    # Format 49 is “text”: values typed into such a cell later stay text, too.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf numFmtId="49" applyNumberFormat="1" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_CELL: Final = 32_767
"""Characters in a cell that Excel accepts."""


def workbook(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the file of one sheet with these rows."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, _XML + content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for text in _sheet_xml(rows):
                sheet.write(text.encode())
    return file.getvalue()


def _sheet_xml(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'
    for row in rows:
        yield f"<row>{''.join(map(_cell_xml, row))}</row>"
    yield "</sheetData></worksheet>"


def _cell_xml(cell: Cell) -> str:
    if cell is None:
        return "<c/>"
    if not isinstance(cell, str):
        return f"<c><v>{cell!r}</v></c>"
    text = escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", cell)[:LONGEST_CELL])
    return f'<c t="inlineStr" s="1"><is><t xml:space="preserve">{text}</t></is></c>'
