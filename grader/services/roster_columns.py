"""What the columns of a roster are called: here, in Vietnamese, and in the exports of Moodle and Canvas."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from grader.store.enrolments import CourseRole


class Column(StrEnum):
    """What a column may hold."""

    EMAIL = "email"
    LOGIN = "login"
    NAME = "name"
    SORTABLE = "sortable"
    FIRST = "first"
    LAST = "last"
    FAMILY = "family"
    GIVEN = "given"
    ROLE = "role"
    NUMBER = "number"
    ID = "id"


def plain(text: str) -> str:
    """Return letters and digits alone, in small letters without marks: `Mã số SV` and `ma_so_sv` are the same."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in bare if letter.isalnum())


_NAMES: Mapping[Column, str] = MappingProxyType(
    {
        Column.EMAIL: "email|e-mail|email address|e-mail address|mail|address|user email|"
        "thư điện tử|địa chỉ email|địa chỉ thư điện tử|hộp thư",
        Column.LOGIN: "login|login id|sis login id|username|user name|tên đăng nhập|tên tài khoản",
        Column.NAME: "name|full name|fullname|display name|student name|họ và tên|họ tên|họ tên sinh viên|tên sinh viên",
        Column.SORTABLE: "student|sortable name",
        Column.FIRST: "first name|firstname|given name|given names|forename",
        Column.LAST: "last name|lastname|surname|family name",
        Column.FAMILY: "họ|họ đệm|họ và đệm|họ và tên đệm|họ lót|họ và chữ lót",
        Column.GIVEN: "tên|tên riêng",
        Column.ROLE: "role|roles|course role|enrollment type|enrolment type|vai trò|quyền",
        Column.NUMBER: "student number|student no|student id|number|matriculation number|id number|sis user id|sis id|"
        "mã số sinh viên|mã sinh viên|mã sv|mssv|msv|mã số|số hiệu|mã số id",
        Column.ID: "id|user id|mã",
    }
)
COLUMNS: Mapping[str, Column] = MappingProxyType(
    {plain(name): column for column, names in _NAMES.items() for name in names.split("|")}
)

_ROLES: Mapping[CourseRole, str] = MappingProxyType(
    {
        CourseRole.STUDENT: "student|learner|student enrollment|sinh viên|học viên|học sinh",
        CourseRole.ASSISTANT: "assistant|ta|teaching assistant|tutor|ta enrollment|non-editing teacher|trợ giảng",
        CourseRole.INSTRUCTOR: "instructor|teacher|lecturer|professor|editing teacher|teacher enrollment|"
        "giảng viên|giáo viên|thầy|cô",
    }
)
ROLES: Mapping[str, CourseRole] = MappingProxyType(
    {plain(name): role for role, names in _ROLES.items() for name in names.split("|")}
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which cell of a row holds what, and the names of columns that are not used.

    Attributes:
        width: how many columns there are.
        titled: whether the first row of the file says so; otherwise it is somebody's.
    """

    places: Mapping[Column, int]
    width: int
    titled: bool = True
    unused: tuple[str, ...] = field(default=())

    def cell(self, row: Sequence[str], *columns: Column) -> str:
        """Return what a row holds of the first of these columns that there is; spaces don't count."""
        place = next((self.places[column] for column in columns if column in self.places), None)
        return "" if place is None or place >= len(row) else " ".join(row[place].split())

    def name(self, row: Sequence[str]) -> str:
        """Return somebody's name, put together where it stands in two columns."""
        sorted_by = self.cell(row, Column.SORTABLE)
        family, comma, given = sorted_by.partition(", ")
        whole = self.cell(row, Column.NAME) or (f"{given} {family}" if comma else sorted_by)
        western = f"{self.cell(row, Column.FIRST)} {self.cell(row, Column.LAST)}".strip()
        return whole or western or f"{self.cell(row, Column.FAMILY)} {self.cell(row, Column.GIVEN)}".strip()

    def email(self, row: Sequence[str]) -> str:
        """Return the e-mail; in exports without such a column people often sign in by it."""
        return self.cell(row, Column.EMAIL, Column.LOGIN)

    def number(self, row: Sequence[str]) -> str:
        """Return the student number."""
        return self.cell(row, Column.NUMBER, Column.ID)


def layout_of(first: Sequence[str]) -> Layout:
    """Read the first row: titles of columns, or (where a cell holds an @) somebody, by what whose cells look like."""
    if any("@" in cell for cell in first):
        return _by_looks(first)
    places: dict[Column, int] = {}
    unused = []
    for place, title in enumerate(first):
        column = COLUMNS.get(plain(title))
        if column is None or column in places:
            unused += [" ".join(title.split())] if title.strip() else []
        else:
            places[column] = place
    return Layout(places, len(first), unused=tuple(unused))


def _by_looks(first: Sequence[str]) -> Layout:
    places: dict[Column, int] = {}
    for place, cell in enumerate(first):
        places.setdefault(_looks_like(cell), place)
    return Layout(places, len(first), titled=False)


def _looks_like(cell: str) -> Column:
    if "@" in cell:
        return Column.EMAIL
    if plain(cell) in ROLES:
        return Column.ROLE
    return Column.NUMBER if any(letter.isdigit() for letter in cell) else Column.NAME
