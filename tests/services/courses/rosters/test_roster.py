import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.services.courses.rosters.file_text import MOST_ROWS, decode
from grader.services.courses.rosters.findings import RosterProblem
from grader.services.courses.rosters.roster import Roster, read_file, read_text
from grader.vocabulary import CourseRole

HERE = "email,name,role,number\nan@x.org,An Nguyen,student,001\nbinh@x.org,Binh,ta,\n"


def people(roster: Roster) -> list[tuple[str, str, str | None, str | None]]:
    assert roster.flaws == ()
    return [(one.email, one.name, one.role, one.number) for one in roster.entries]


def wrong(text: str) -> list[tuple[int, RosterProblem]]:
    return [(flaw.line, flaw.wrong) for flaw in read_text(text).flaws]


def test_each_line_is_a_person() -> None:
    assert people(read_text(HERE)) == [
        ("an@x.org", "An Nguyen", CourseRole.STUDENT, "001"),
        ("binh@x.org", "Binh", CourseRole.ASSISTANT, None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "E-Mail;Full name;Student number;Role\nAN@x.org;An Nguyen;001;Student\n",
        "role\tname\tstudent no\temail\n\tAn Nguyen\t001\tan@x.org",
        "Mã số sinh viên,Họ và tên,Địa chỉ email,Vai trò\n001,An Nguyen,an@x.org,Sinh viên",
        "MSSV;Họ và tên đệm;Tên;Thư điện tử\n001;An;Nguyen;an@x.org",
        'First name,Last name,ID number,Email address,Groups\nAn,Nguyen,001,an@x.org,"A, B"',
        'Student,ID,SIS User ID,SIS Login ID,Section\n"Nguyen, An",77,001,an@x.org,DL\n',
        'Student,SIS User ID,SIS Login ID,Quiz\n    Points Possible,,,10\n"Nguyen, An",001,an@x.org,3\n',
        "\n\n  \nemail, name ,number\n\n an@x.org , An   Nguyen , 001 \n\n",
        "an@x.org,An Nguyen,001",
        "001\tstudent\tAn Nguyen\tan@x.org",
        '"e-mail","name","number"\r\n"an@x.org","An Nguyen","001"\r\n',
        "email,name,number\ran@x.org,An Nguyen,001\r",
    ],
    ids=range(12),
)
def test_columns_come_in_any_order_under_many_names(text: str) -> None:
    ((email, name, role, number),) = people(read_text(text))
    assert (email, name, number) == ("an@x.org", "An Nguyen", "001")
    assert role in {None, CourseRole.STUDENT}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_it_may_be_unicode_of_any_width_with_or_without_a_mark(encoding: str) -> None:
    text = "email,name\nan@x.org,Nguyễn Văn Ân\n"
    assert people(read_file(text.encode(encoding)))[0][1] == "Nguyễn Văn Ân"


@pytest.mark.parametrize(
    ("encoding", "page", "name"),
    [
        ("latin-1", "Windows-1252", "Zoë Müller"),
        ("cp1252", "Windows-1252", "Seán O’Brien"),
        ("cp1250", "Windows-1250", "Łukasz Wiśniewski"),
        ("cp1258", "Windows-1258", "Đỗ Thị Hồng Nhung"),
        ("mac_roman", "Mac Roman", "François Müller"),
    ],
)
def test_what_is_not_utf_8_is_read_as_the_most_plausible_code_page_and_said(
    encoding: str, page: str, name: str
) -> None:
    typed = unicodedata.normalize("NFC", name) if encoding != "cp1258" else in_cp1258(name)
    roster = read_file(f"email,name\nan@x.org,An\nz@x.org,{typed}\n".encode(encoding))
    assert [unicodedata.normalize("NFC", one.name) for one in roster.entries] == ["An", name]
    assert (roster.code_page, roster.code_page_line) == (page, 3)


def in_cp1258(text: str) -> str:
    """Spell as Windows does: tones are marks of their own, other marks are part of their letter."""
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    spelled = ""
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in marks if mark in tones)
        spelled += unicodedata.normalize("NFC", marks.replace(tone, "") if tone else marks) + tone
    return spelled


def test_one_line_in_a_code_page_does_not_spoil_the_others() -> None:
    content = "email,name\nan@x.org,Nguyễn Ân\n".encode() + "z@x.org,Zoë\n".encode("latin-1")
    assert [one.name for one in read_file(content).entries] == ["Nguyễn Ân", "Zoë"]


def test_the_code_page_can_be_said_and_what_does_not_fit_is_refused_with_its_line() -> None:
    content = "email,name\nan@x.org,Dvořák\n".encode("cp1250")
    assert read_file(content, code_page="cp1250").entries[0].name == "Dvořák"
    bad = read_file(b"email,name\nan@x.org,A\nb@x.org,\x81\n", code_page="cp1252")
    assert [(flaw.line, flaw.wrong) for flaw in bad.flaws] == [(3, RosterProblem.ENCODING)]


def test_what_is_no_text_is_said(  # a spreadsheet's own file, and a picture's first bytes
) -> None:
    for content in (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00" * 9, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"):
        assert [flaw.wrong for flaw in read_file(content).flaws] == [RosterProblem.OTHER_FORMAT]
    assert [flaw.wrong for flaw in read_text("\0\1\2" * 50).flaws] == [RosterProblem.NO_TEXT]


@pytest.mark.parametrize(
    ("text", "flaws"),
    [
        ("", [(1, RosterProblem.EMPTY)]),
        ("email,name\n", [(1, RosterProblem.EMPTY)]),
        ("who,what\nan,student\n", [(1, RosterProblem.NO_EMAIL_COLUMN)]),
        ("email,name\nan@x.org,An\nnobody,B\n", [(3, RosterProblem.LOGIN)]),
        ("email,name\n,An\n", [(2, RosterProblem.NO_EMAIL)]),
        ("email,number\na@x.org,1\nb@x.org,2\nA@X.org,3\n", [(4, RosterProblem.TWICE)]),
        ("email,number\na@x.org,1\nb@x.org,1\n", [(3, RosterProblem.NUMBER_TWICE)]),
        ("email,role\na@x.org,king\n", [(2, RosterProblem.UNKNOWN_ROLE)]),
        (f"email,name\na@x.org,{'x' * 201}\n", [(2, RosterProblem.TOO_LONG)]),
        (f"email,number\na@x.org,{'1' * 65}\n", [(2, RosterProblem.TOO_LONG)]),
        ("email,name\na@x.org,a\x07b\n", [(2, RosterProblem.UNPRINTABLE)]),
        ("email,name\na@x.org,Tran, Binh\n", [(2, RosterProblem.TOO_MANY_CELLS)]),
        ('email,name\na@x.org,An\nb@x.org,"Binh\nc@x.org,C\n', [(3, RosterProblem.QUOTES)]),
        ("email,name\na@x.org,An\nb@x.org,B\0\n", [(3, RosterProblem.UNPRINTABLE)]),
        ("email,role\nnobody,king\n", [(2, RosterProblem.LOGIN), (2, RosterProblem.UNKNOWN_ROLE)]),
        ("email,name\nnobody,A\nb@x.org,B\nnobody,C\n", [(2, RosterProblem.LOGIN), (4, RosterProblem.LOGIN)]),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, flaws: list[tuple[int, RosterProblem]]) -> None:
    assert wrong(text) == flaws


def test_a_cell_over_two_lines_does_not_shift_the_numbers() -> None:
    assert wrong('email,name\na@x.org,"An\nNguyen"\nnobody,B\n') == [(4, RosterProblem.LOGIN)]


@pytest.mark.long
def test_too_many_rows_are_refused_as_a_whole() -> None:
    rows = "".join(f"p{number}@x.org\n" for number in range(MOST_ROWS))
    assert len(read_text("email\n" + rows).entries) == MOST_ROWS
    assert wrong("email\n" + rows + "one@x.org\n") == [(MOST_ROWS + 2, RosterProblem.TOO_MANY)]


def test_columns_that_are_not_looked_at_are_named() -> None:
    assert read_text("email,Group,Name,Phone\na@x.org,1,A,2\n").unused == ("Group", "Phone")


PIECES = st.sampled_from(
    [
        *["email", "name", "number", "login", "role", "student", "Total"],
        *",;\t|\"“”@<>#='",
        "x@y.de",
        "sep=;",
        "\n",
        "Berg, Anna",
        "\0",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_pieces_of_lists_are_read_or_refused(text: str) -> None:
    for roster in (read_text(text), read_text(text, "uni.edu"), read_file(text.encode("utf-16"))):
        assert roster.entries or roster.flaws


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    roster = read_file(content)
    assert roster.entries or roster.flaws


GOOD = [f"p{number}@x.org,Person {number},{number:05}" for number in range(5)]


@given(st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=60), st.integers(0, 5))
@example('"', 0)
@example('a,"b', 2)
@example("email", 1)
@example("name", 1)
@example("number,role", 1)
@example("\0" * 60, 3)
@example("sep=;", 0)
@example(";" * 60, 0)
@example("p9@x.org,Other,00001", 5)
def test_no_bad_line_blocks_a_good_one(bad: str, place: int) -> None:
    lines = ["email,name,number", *GOOD]
    lines.insert(place + 1, bad)
    roster = read_text("\n".join(lines) + "\n")
    taken = {one.email for one in roster.entries}
    refused = {flaw.line for flaw in roster.flaws}
    assert {line.partition(",")[0] for line in GOOD} <= taken
    assert refused <= {place + 2}


@given(st.text(max_size=200))
def test_reading_what_was_read_says_the_same(pasted: str) -> None:
    once = read_text(pasted)
    assert read_text(once.text.replace("\n", "\r\n")) == once


def test_decoding_ends_lines_alike() -> None:
    assert decode(b"a\r\nb\rc\n").text == "a\nb\nc\n"
