"""The workbook, read by a parser of XML as a spreadsheet reads it."""

import io
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from grader.web.pages.spreadsheets import LONGEST_CELL, Cell, Identifier, workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read(content: bytes) -> list[list[Cell]]:
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own
    return [[value(cell) for cell in row.iter(f"{MAIN}c")] for row in sheet.iter(f"{MAIN}row")]


def value(cell: ET.Element) -> Cell:
    if cell.get("t") == "inlineStr":
        return "".join(cell.itertext())
    number = cell.findtext(f"{MAIN}v")
    return None if number is None else float(number)


@pytest.mark.parametrize(
    "text",
    [
        "0012345",
        "3E7",
        "1-2",
        "=1+1",
        "@SUM(A1)",
        'a "b" <c> & d',
        " two  spaces ",
        "Nguyễn\nÂn",
        "",
        "\N{GRINNING FACE}",
    ],
)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert read(workbook([[text, Identifier(text)]])) == [[text, text]]


@pytest.mark.parametrize("number", [0, 0.0, 1.5, -2, 1 / 3, 1e-9, 12345678901])
def test_a_number_stays_a_number(number: float) -> None:
    assert read(workbook([["x", number]])) == [["x", number]]


def test_nothing_is_an_empty_cell_and_rows_stay_apart() -> None:
    assert read(workbook([["a", None, "c"], [], [1.0]])) == [["a", None, "c"], [], [1.0]]


def test_no_formula_is_in_it() -> None:
    with ZipFile(io.BytesIO(workbook([["=1+1"]]))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_what_xml_or_excel_cannot_hold_does_not_break_the_file() -> None:
    assert read(workbook([["a\x00\x07b\ufffe", "x" * (LONGEST_CELL + 1)]])) == [
        ["a\ufffd\ufffdb\ufffd", "x" * LONGEST_CELL]
    ]
