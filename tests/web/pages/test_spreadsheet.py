import pytest

from grader.web.pages.spreadsheet import guarded, lines


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "-", "=0.5"]
)
def test_what_a_spreadsheet_would_evaluate_becomes_text(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-0.038098236517", "+1", "-1,5", "-3.8e-2", ".5", "-.5", "an@example.org", "", "1/3"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_a_spreadsheet_reads_it_as_utf_8_with_quotes_where_needed() -> None:
    assert "".join(lines([["học viên", 'a "b", c']])) == '\ufeffhọc viên,"a ""b"", c"\r\n'
