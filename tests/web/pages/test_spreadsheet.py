import csv
import io

import pytest

from grader.web.pages.spreadsheets import PLAIN, CsvStyle, Identifier, as_typed, csv_lines, guarded


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "-", "=0.5"),
        *(" =1+1", "\N{NO-BREAK SPACE}@SUM(A1)", "\N{FULLWIDTH EQUALS SIGN}1+1", "\N{FULLWIDTH COMMERCIAL AT}SUM(A1)"),
    ],
)
def test_what_a_spreadsheet_would_evaluate_becomes_text(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-0.038098236517", "+1", "-1,5", "-3.8e-2", ".5", "-.5", "an@example.org", "", "1/3"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_a_spreadsheet_reads_it_as_utf_8_with_quotes_where_needed() -> None:
    assert "".join(csv_lines([["học viên", 'a "b", c']])) == '\ufeffhọc viên,"a ""b"", c"\r\n'


def cell(text: str, style: CsvStyle) -> str:
    written = "".join(csv_lines([[Identifier(text), "x"]], style)).removeprefix("\ufeff")
    return next(csv.reader(io.StringIO(written), delimiter=";" if style.comma else ","))[0]


@pytest.mark.parametrize(
    "text",
    ["0012345", "3E7", "12345678901234567890", "1-2", "1/2", "12.5", "MAR5", "sept-1", "5 MAY", "TRUE", "12:30", "+7"],
)
def test_an_identifier_that_a_spreadsheet_would_change_is_kept_as_text(text: str) -> None:
    assert cell(text, CsvStyle()) == f'="{text}"'
    assert cell(text, PLAIN) == text


@pytest.mark.parametrize("text", ["s-1", "MSSV001", "", "A12", "Q1"])
def test_other_identifiers_are_written_plainly(text: str) -> None:
    assert cell(text, CsvStyle()) == text


@pytest.mark.parametrize(
    ("typed", "written"),
    [("0.38", "0.38"), ("-2", "-2"), ("1/3", '="1/3"'), ("0,38", '="0,38"'), ("1-2", '="1-2"'), ("=1", "'=1")],
)
def test_what_was_typed_into_a_field_is_shown_as_it_was(typed: str, written: str) -> None:
    text = "".join(csv_lines([[as_typed(typed)]])).removeprefix("\ufeff")
    assert next(csv.reader(io.StringIO(text)))[0] == written


def test_an_identifier_is_no_way_in_for_a_formula() -> None:
    assert cell('1"&cmd()&"', CsvStyle()) == '="1""&cmd()&"""'
    assert cell("=1+1", CsvStyle()) == "'=1+1"


def test_where_decimals_have_a_comma_cells_are_separated_by_semicolons() -> None:
    assert "".join(csv_lines([["a", 1.5, None, 0.0, 12]], CsvStyle(comma=True))) == "\ufeffa;1,5;;0;12\r\n"
    assert "".join(csv_lines([["a", 1.5, None, 0.0, 1 / 3]], PLAIN)) == "a,1.5,,0,0.33333\r\n"
