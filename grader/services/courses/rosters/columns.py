"""The meaning of each column of a roster."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from grader.services.courses.rosters.cells import addresses_in, name_of, tidy
from grader.services.courses.rosters.file_text import RosterRow
from grader.vocabulary import CourseRole


class RosterColumn(StrEnum):
    """The content of a column; `NAME` is a full name, or the part that no other column holds."""

    EMAIL = "email"
    LOGIN = "login"
    FULL = "full"
    NAME = "name"
    FIRST = "first"
    MIDDLE = "middle"
    LAST = "last"
    FAMILY = "family"
    GIVEN = "given"
    ROLE = "role"
    NUMBER = "number"
    ID = "id"


def plain_title(text: str) -> str:
    """Return only letters and digits, in lower case and without accents: `Mã số SV` and `ma_so_sv` are the same."""
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    return "".join(letter for letter in bare if letter.isalnum())


_STROKES = str.maketrans("đłøı", "dloi")
_TITLES: Mapping[RosterColumn, str] = MappingProxyType(
    {
        RosterColumn.EMAIL: "email|e-mail|mail|email address|e-mail address|mail address|user email|primary email|"
        "student email|university email|school email|institutional email|work email|email id|emails|e-mails|"
        "thư điện tử|địa chỉ email|địa chỉ thư điện tử|hộp thư|email sinh viên|thư|"
        "e-mail-adresse|mailadresse|email-adresse|e-mailadresse|elektronische adresse|"
        "courriel|adresse de courriel|adresse courriel|adresse e-mail|adresse mail|adresse électronique|mél|"
        "correo|correo electrónico|dirección de correo|dirección de correo electrónico|dirección email|"
        "posta elettronica|indirizzo email|indirizzo e-mail|indirizzo di posta elettronica|indirizzo mail|"
        "endereço de e-mail|endereço de email|correio eletrônico|correio eletrónico|endereço de correio eletrónico|"
        "adres e-mail|adres email|adres poczty elektronicznej|poczta elektroniczna|adres mailowy|"
        "e-mailadres|mailadres|e-post|e-postadress|e-postadresse|sähköposti|sähköpostiosoite|"
        "e-mailová adresa|emailová adresa|e-posta|e-posta adresi|adresă de e-mail|adresă email|e-mail cím|"
        "электронная почта|адрес электронной почты|эл. почта|почта|адреса електронної пошти|електронна пошта|"
        "邮箱|电子邮件|电子邮箱|邮件|電子郵件|信箱|メールアドレス|電子メール|이메일|이메일 주소|surel|alamat surel|alamat email",
        RosterColumn.LOGIN: "login|login id|sis login id|username|user name|user|net id|uni id|upn|user principal name|"
        "participant id|account|account name|login name|tên đăng nhập|tên tài khoản|tên người dùng|"
        "benutzername|benutzerkennung|benutzer|nutzername|nutzernamen|nutzerkennung|anmeldename|kennung|uni-kennung|"
        "rz-kennung|hochschulkennung|zih-login|nom d'utilisateur|identifiant|identifiant de connexion|"
        "nombre de usuario|usuario|nome utente|nome de usuário|nome de utilizador|utilizador|nazwa użytkownika|"
        "gebruikersnaam|användarnamn|brukernavn|brugernavn|käyttäjätunnus|uživatelské jméno|kullanıcı adı|"
        "имя пользователя|логин|ім'я користувача|用户名|使用者名稱|ユーザ名|ユーザー名|사용자 이름|nama pengguna",
        RosterColumn.FULL: "full name|fullname|display name|student name|name of student|last name, first name|"
        "surname, first name|first and last name|first name last name|student|students|sortable name|learner|"
        "participant|attendee|họ và tên|họ tên|họ tên sinh viên|họ và tên sinh viên|tên sinh viên|tên đầy đủ|"
        "vollständiger name|name, vorname|nachname, vorname|vor- und nachname|vorname nachname|vorname, nachname|"
        "teilnehmer|studierende|studierender|nom complet|nom et prénom|nom prénom|nom, prénom|prénom et nom|prénom nom|"
        "étudiant|nombre completo|nombre y apellidos|apellidos y nombre|apellidos, nombre|estudiante|alumno|"
        "nome completo|nome e cognome|cognome e nome|studente|aluno|estudante|imię i nazwisko|nazwisko i imię|"
        "volledige naam|fullständigt namn|fullt navn|fulde navn|fuldt navn|celé jméno|jméno a příjmení|ad soyad|"
        "adı soyadı|фио|полное имя|піб|姓名|氏名|이름|성명|nama lengkap|nama mahasiswa",
        RosterColumn.NAME: "name|nom|nombre|nome|naam|navn|namn|nimi|jméno|meno|nama|nume|nazwa|isim",
        RosterColumn.FIRST: "first name|first names|firstname|given name|given names|forename|forenames|first|preferred name|"
        "vorname|vornamen|rufname|prénom|prénoms|nombres|nombre de pila|primo nome|primeiro nome|nome próprio|"
        "imię|imiona|voornaam|voornamen|roepnaam|förnamn|fornavn|etunimi|etunimet|křestní jméno|ad|adı|prenume|"
        "keresztnév|utónév|имя|ім'я|名|名字|nama depan",
        RosterColumn.MIDDLE: "middle name|middle names|middle initial|zweiter vorname|deuxième prénom|segundo nombre|"
        "secondo nome|nome do meio|drugie imię|tussenvoegsel|tussenvoegsels|mellannamn|mellomnavn|отчество|по батькові|"
        "tên đệm|tên lót|chữ lót",
        RosterColumn.LAST: "last name|last names|lastname|surname|surnames|family name|family names|last|nachname|nachnamen|"
        "familienname|zuname|nom de famille|apellido|apellidos|primer apellido|cognome|cognomi|sobrenome|apelido|"
        "apelidos|último nome|nazwisko|achternaam|familienaam|efternamn|etternavn|efternavn|sukunimi|příjmení|"
        "priezvisko|soyad|soyadı|soyisim|nume de familie|vezetéknév|családnév|фамилия|прізвище|姓|nama belakang",
        RosterColumn.FAMILY: "họ|họ đệm|họ và đệm|họ và tên đệm|họ lót|họ và chữ lót|họ và tên lót",
        RosterColumn.GIVEN: "tên|tên riêng|tên gọi",
        RosterColumn.ROLE: "role|roles|course role|enrollment type|enrolment type|vai trò|quyền|rolle|rollen|funktion|rôle|"
        "rôles|rol|roles del curso|ruolo|papel|função|perfil|rola|roller|rooli|роль|角色|ロール|역할|peran",
        RosterColumn.NUMBER: "student number|student no|student nr|student id|student sis id|student id number|student id no|id no|number|"
        "matriculation number|matriculation no|matric number|matric no|id number|sis user id|sis id|sid|orgdefinedid|"
        "university id|campus id|banner id|emplid|uin|registration number|registration no|reg no|roll number|roll no|"
        "enrollment number|enrolment number|enrollment no|student code|"
        "mã số sinh viên|mã sinh viên|mã số sv|mã sv|mssv|msv|mã số|số hiệu|mã số id|mã học viên|mã số học viên|số id|"
        "matrikelnummer|matrikel-nr|matrikelnr|matr.-nr.|matrnr|matrikel|studierendennummer|immatrikulationsnummer|"
        "id-nummer|numéro d'étudiant|numéro étudiant|n° étudiant|no étudiant|nº étudiant|n° d'étudiant|matricule|"
        "numéro d'identification|numéro de matricule|code étudiant|code permanent|número de estudiante|"
        "número de matrícula|matrícula|número de identificación|número de id|legajo|expediente|dni|"
        "matricola|numero di matricola|numero matricola|codice identificativo|número de aluno|nº de aluno|n.º de aluno|"
        "número mecanográfico|nº mecanográfico|número de identificação|registro acadêmico|ra|"
        "numer albumu|nr albumu|numer indeksu|nr indeksu|numer id|studentnummer|studentnr|studienummer|"
        "opiskelijanumero|osobní číslo|učo|öğrenci no|öğrenci numarası|număr matricol|neptun|neptun kód|"
        "номер студента|номер студенческого билета|номер зачётной книжки|табельный номер|"
        "学号|學號|学籍番号|学生番号|학번|nim|nomor induk mahasiswa|npm",
        RosterColumn.ID: "id|user id|mã|identificador|identyfikator",
    }
)
TITLES: Mapping[str, RosterColumn] = MappingProxyType(
    {plain_title(title): column for column, titles in _TITLES.items() for title in titles.split("|")}
)

_ROLES: Mapping[CourseRole, str] = MappingProxyType(
    {
        CourseRole.STUDENT: "student|students|learner|student enrollment|participant|attendee|sinh viên|học viên|"
        "học sinh|studierende|studierender|studentin|teilnehmer|teilnehmerin|étudiant|étudiante|apprenant|estudiante|"
        "alumno|alumna|studente|studentessa|aluno|aluna|estudante|opiskelija|uczeń|studentka|студент|студентка|"
        "学生|學生|학생|öğrenci|mahasiswa",
        CourseRole.ASSISTANT: "assistant|ta|teaching assistant|tutor|tutorin|ta enrollment|non-editing teacher|grader|"
        "reader|trợ giảng|hilfskraft|korrektor|korrektorin|trainer ohne bearbeitungsrecht|chargé de td|"
        "enseignant non éditeur|ayudante|profesor sin permiso de edición|assistente|asystent|assistent|ассистент|助教",
        CourseRole.INSTRUCTOR: "instructor|teacher|lecturer|professor|editing teacher|teacher enrollment|faculty|"
        "giảng viên|giáo viên|thầy|cô|dozent|dozentin|lehrende|lehrender|professorin|enseignant|enseignante|"
        "profesor|profesora|docente|professora|professore|wykładowca|nauczyciel|docent|преподаватель|教师|教師",
    }
)
ROLES: Mapping[str, CourseRole] = MappingProxyType(
    {plain_title(name): role for role, names in _ROLES.items() for name in names.split("|")}
)

ROLE_WORDS = frozenset(name.casefold() for names in _ROLES.values() for name in names.split("|"))
"""Roles with their accents and spaces: without headings, `Tạ` is a name and not a teaching assistant."""


def column_of(title: str) -> RosterColumn | None:
    """Return the column of a heading, also by parts of it: `E-Mail / Courriel`, `Email Address [Required]`."""
    known = TITLES.get(plain_title(title))
    if known is not None:
        return known
    parts = {TITLES.get(plain_title(part)) for part in re.split(r"[/|;()\[\]\n]", title)} - {None}
    return parts.pop() if len(parts) == 1 else None


WHO = frozenset({RosterColumn.EMAIL, RosterColumn.LOGIN, RosterColumn.NUMBER})
"""Columns that identify people."""

SURNAMES = (RosterColumn.LAST, RosterColumn.FAMILY)
GIVEN_NAMES = (RosterColumn.FIRST, RosterColumn.GIVEN)


@dataclass(frozen=True, slots=True)
class RosterLayout:
    """The position of each column in a row.

    Attributes:
        width: the number of columns.
        unused: headings of ignored columns; `#3` is the third column, without a heading.
    """

    places: Mapping[RosterColumn, int]
    width: int
    unused: tuple[str, ...] = ()

    def cell(self, row: Sequence[str], column: RosterColumn) -> str:
        """Return a row's cell of a column, empty if there is no such column."""
        place = self.places.get(column)
        return "" if place is None or place >= len(row) else row[place]

    def name(self, row: Sequence[str]) -> str:
        """Return a person's name in spoken order, joined if it is spread over columns."""
        whole = self.cell(row, RosterColumn.FULL) or self.cell(row, RosterColumn.NAME)
        if (found := addresses_in(whole).found) != ():
            whole = found[0].name
        if whole.strip():
            return name_of(whole)
        surname = next(filter(None, (name_of(self.cell(row, column)) for column in SURNAMES)), "")
        given = next(filter(None, (name_of(self.cell(row, column)) for column in GIVEN_NAMES)), "")
        middle = name_of(self.cell(row, RosterColumn.MIDDLE))
        is_vietnamese = bool(self.places.keys() & {RosterColumn.FAMILY, RosterColumn.GIVEN})
        parts = (surname, middle, given) if is_vietnamese else (given, middle, surname)
        return " ".join(filter(None, parts))

    def holds_anything(self, row: Sequence[str]) -> bool:
        """Return whether any column in use has content in this row."""
        return any(self.cell(row, column).strip() for column in self.places)

    def fits(self, row: Sequence[str]) -> bool:
        """Return whether a row has no more cells than columns, and addresses where the headings require them."""
        addressed = {place for place, cell in enumerate(row) if addresses_in(cell).found}
        told_by = [self.places[column] for column in (RosterColumn.EMAIL, RosterColumn.LOGIN) if column in self.places]
        is_told = addressed <= set(told_by) and any(self.cell(row, column).strip() for column in WHO)
        is_addressed = RosterColumn.EMAIL not in self.places or bool(addressed)
        return is_told and is_addressed and not any(cell.strip() for cell in row[self.width :])


def is_title_row(row: RosterRow, *, first: bool) -> bool:
    """Return whether a row is a heading row; later rows have to match more clearly than the first."""
    filled = row.filled
    if row.wrong or any(addresses_in(cell).found for cell in filled):
        return False
    known = [column for column in map(column_of, filled) if column is not None]
    if first:
        return bool(known)
    return len(set(known)) > 1 and bool(WHO & set(known))


def layout_of(titles: RosterRow, below: Sequence[RosterRow]) -> RosterLayout:
    """Return the layout of a heading row; an e-mail column with an unknown heading is found by its content."""
    places: dict[RosterColumn, int] = {}
    for place, title in enumerate(titles.cells):
        column = column_of(title)
        if column is not None and (column not in places or _is_better(title, titles.cells[places[column]])):
            places[column] = place
    others = {place for column, place in places.items() if column not in {RosterColumn.FULL, RosterColumn.NAME}}
    free = [place for place in range(len(titles.cells)) if place not in others]
    by_content = None if RosterColumn.EMAIL in places else _column_of_addresses(below, free)
    if by_content is not None:
        places[RosterColumn.EMAIL] = by_content
    looked_at = _without_doubles(places)
    used = set(looked_at.values())
    unused = [
        tidy(title) or f"#{place + 1}"
        for place, title in enumerate(titles.cells)
        if place not in used and (title.strip() or any(_has(row, place) for row in below))
    ]
    return RosterLayout(looked_at, len(titles.cells), tuple(unused))


def _is_better(title: str, other: str) -> bool:
    """Prefer headings with SIS: Canvas also has its own numbers besides those of the university."""
    return "sis" in tidy(title).casefold().split() and "sis" not in tidy(other).casefold().split()


def _without_doubles(places: Mapping[RosterColumn, int]) -> dict[RosterColumn, int]:
    """Resolve headings that are ambiguous on their own.

    A bare “name” next to first names is the surname, next to surnames the first name; an “ID” may be the student
    number.
    """
    places = dict(places)
    if RosterColumn.NUMBER not in places and RosterColumn.ID in places:
        places[RosterColumn.NUMBER] = places[RosterColumn.ID]
    places.pop(RosterColumn.ID, None)
    if RosterColumn.FULL in places:
        places.pop(RosterColumn.NAME, None)
    has_surname, has_given = (any(column in places for column in columns) for columns in (SURNAMES, GIVEN_NAMES))
    if RosterColumn.NAME in places and has_surname != has_given:
        places[RosterColumn.FIRST if has_surname else RosterColumn.LAST] = places.pop(RosterColumn.NAME)
    return places


def _column_of_addresses(rows: Sequence[RosterRow], places: Sequence[int]) -> int | None:
    """Return the column in which at least half of the filled cells contain an address."""
    for place in places:
        filled = [row.cells[place] for row in rows if _has(row, place)]
        if filled and sum(bool(addresses_in(cell).found) for cell in filled) * 2 >= len(filled):
            return place
    return None


def _has(row: RosterRow, place: int) -> bool:
    return place < len(row.cells) and bool(row.cells[place].strip())
