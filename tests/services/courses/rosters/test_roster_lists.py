"""Lists as they come from other systems, spreadsheets and hands: who is taken, what is passed over, what is refused.

People are written `line e-mail | name | number | role`, as far as there is something; other lines `line why`.
"""

from dataclasses import dataclass

import pytest

from grader.services.courses.rosters.entries import RosterEntry
from grader.services.courses.rosters.findings import PassedOver, RosterFlaw
from grader.services.courses.rosters.roster import Roster, read_file, read_text

ANNA = "anna@example.edu"
BERG = f"2 {ANNA} | Anna Berg | 0012345"


@dataclass(frozen=True)
class Case:
    """One list; `people`, `passed` and `refused` say what is expected of its lines, one per line."""

    text: str
    people: str = ""
    passed: str = ""
    refused: str = ""
    unused: str = ""
    domain: str = ""
    encoding: str = ""


LISTS = {
    # Canvas
    "canvas-gradebook": Case(
        "Student,ID,SIS User ID,SIS Login ID,Section,XOR (417),Current Score\n"
        ",,,,,Manual Posting,,\n"
        "    Points Possible,,,,,10,(read only)\n"
        '"Berg, Anna",991,0012345,anna@example.edu,NN 1,7,70\n'
        '"Student, Test",992,,7f9e0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b,NN 1,,\n',
        people=f"4 {ANNA} | Anna Berg | 0012345",
        passed="2 unused\n3 summary\n5 test-student",
        unused="ID, Section, XOR (417), Current Score",
    ),
    "canvas-hidden-row-of-equal-width": Case(
        "Student,ID,SIS User ID,SIS Login ID,Section,XOR (417)\n"
        ",,,,,Manual Posting\n"
        '"Berg, Anna",991,0012345,anna@example.edu,NN 1,7\n',
        people=f"3 {ANNA} | Anna Berg | 0012345",
        passed="2 unused",
        unused="ID, Section, XOR (417)",
    ),
    "canvas-with-logins-completed": Case(
        'Student,ID,SIS User ID,SIS Login ID,Section\n"Lê, Chi",1,77,chi.le,A\n',
        people="2 chi.le@uni.edu | Chi Lê | 77",
        unused="ID, Section",
        domain="@Uni.edu",
    ),
    "canvas-with-logins-found-by-number": Case(
        'Student,ID,SIS User ID,SIS Login ID,Section\n"Lê, Chi",1,77,chi.le,A\n',
        people="2 - | Chi Lê | 77",
        unused="ID, Section",
    ),
    # Moodle
    "moodle-grades": Case(
        "First name,Last name,ID number,Email address,Quiz: XOR,Last downloaded from this course\n"
        "Anna,Berg,0012345,anna@example.edu,7,1764350000\n"
        "Overall average,,,,8,\n",
        people=BERG,
        passed="3 summary",
        unused="Quiz: XOR, Last downloaded from this course",
    ),
    "moodle-last-row-over-the-number": Case(
        "First name,Last name,Email address,ID number\nAnna,Berg,anna@example.edu,0012345\nOverall average,,,8\n",
        people=BERG,
        passed="3 summary",
    ),
    "moodle-german": Case(
        "Vorname;Nachname;E-Mail-Adresse;ID-Nummer;Kurs gesamt\nAnna;Berg;anna@example.edu;0012345;7\n"
        "Gesamtdurchschnitt;;;;7\n",
        people=BERG,
        passed="3 summary",
        unused="Kurs gesamt",
    ),
    "moodle-upload-of-users": Case(
        "username,password,firstname,lastname,email,course1,idnumber\naberg,secret,Anna,Berg,anna@example.edu,nn,0012345\n",
        people=BERG,
        unused="password, course1",
    ),
    # Gradescope, Blackboard, Brightspace, Google, Teams
    "gradescope": Case(
        "First Name,Last Name,SID,Email,Role,Sections\nAnna,Berg,0012345,anna@example.edu,Student,1\n"
        "Tom,Tutor,,tom@example.edu,TA,1\n",
        people=f"{BERG} | student\n3 tom@example.edu | Tom Tutor | - | assistant",
        unused="Sections",
    ),
    "blackboard": Case(
        '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"XOR [Total Pts: 10 Score] |417"\n'
        '"Berg"\t"Anna"\t"anna"\t"0012345"\t"2026-11-28"\t"7"\n',
        people=BERG,
        unused="Last Access, XOR [Total Pts: 10 Score] |417",
        domain="example.edu",
        encoding="utf-16",
    ),
    "brightspace": Case(
        "OrgDefinedId,Username,Last Name,First Name,Email,XOR Points Grade,End-of-Line Indicator\n"
        "#0012345,#aberg,Berg,Anna,anna@example.edu,7,#\n",
        people=BERG,
        unused="XOR Points Grade, End-of-Line Indicator",
    ),
    "google-classroom": Case(
        "Last Name,First Name,Email Address,XOR\nDate,,,2026-11-28\nPoints,,,10\nBerg,Anna,anna@example.edu,7\nClass average,,,7\n",
        people=f"4 {ANNA} | Anna Berg",
        passed="2 summary\n3 summary\n5 summary",
        unused="XOR",
    ),
    "teams-attendance": Case(
        "1. Summary\nMeeting title\tLecture 3\nAttended participants\t1\n\n2. Participants\n"
        "Name\tFirst Join\tEmail\tRole\nAnna Berg\t9:00\tanna@example.edu\tAttendee\n",
        people=f"7 {ANNA} | Anna Berg | - | student",
        passed="1 above\n2 above\n3 above\n4 blank\n5 above",
        unused="First Join",
        encoding="utf-16-le",
    ),
    # Spreadsheets
    "excel-names-its-separator": Case(
        'sep=;\nVorname;Nachname;Matrikelnummer;E-Mail-Adresse\nAnna;Berg;="0012345";anna@example.edu\n',
        people=f"3 {ANNA} | Anna Berg | 0012345",
        passed="1 separator",
    ),
    "excel-quotes-the-formula": Case('email,name,number\nanna@example.edu,Anna Berg,"=""0012345"""\n', people=BERG),
    "excel-apostrophe": Case("email,name,number\nanna@example.edu,Anna Berg,'0012345\n", people=BERG),
    "excel-mac": Case(
        "Vorname;Nachname;E-Mail\rJürgen;Groß;j@example.edu\r",
        people="2 j@example.edu | Jürgen Groß",
        encoding="mac_roman",
    ),
    "excel-rounded": Case(
        'email,number\na@example.edu,"1,23457E+11"\nb@example.edu,3E7\nc@example.edu,########\nd@example.edu,12.0\n',
        people="3 b@example.edu | - | 3E7\n5 d@example.edu | - | 12",
        refused="2 number-damaged\n4 number-damaged",
    ),
    "guarded-names": Case(
        "email,name\na@example.edu,'-Dash Berg\nb@example.edu,'Okina Cy\n",
        people="2 a@example.edu | -Dash Berg\n3 b@example.edu | 'Okina Cy",
    ),
    "excel-rounded-without-decimals": Case(
        "email,number\na@example.edu,3E+07\nb@example.edu,3E7\n",
        people="3 b@example.edu | - | 3E7",
        refused="2 number-damaged",
    ),
    "e-mail-in-words-beside-a-number": Case(
        "name,email,number\nAnna,anna[at]example.edu,0012345\nBo,bo (at) example.edu,0012346\nCy,-,0012347\n",
        people="4 - | Cy | 0012347",
        refused="2 bad-email\n3 bad-email",
    ),
    "line-separators-of-unicode": Case(f"email,name,number\u2028{ANNA},Anna Berg,0012345\u2029", people=BERG),
    "excel-trailing-rows-and-columns": Case(
        "email,name,,\nanna@example.edu,Anna,,\n,,,\n,,,\n\n", people=f"2 {ANNA} | Anna", passed="3 blank"
    ),
    "a-column-without-title": Case("email,,name\nanna@example.edu,x,Anna\n", people=f"2 {ANNA} | Anna", unused="#2"),
    "byte-order-mark-and-nbsp": Case(
        "\ufeff\u00a0E-mail\u00a0,Full\u00a0name\n\u200banna@example.edu\u00a0,Anna\u00a0Berg\n",
        people=f"2 {ANNA} | Anna Berg",
    ),
    "markdown": Case(
        "| Name | Email |\n|---|---|\n| Anna Berg | anna@example.edu |\n",
        people=f"3 {ANNA} | Anna Berg",
        passed="2 rule",
    ),
    "titles-above-and-words-below": Case(
        "Neural networks\nExported 28.11.2026\n\nName;Email\nBerg, Anna;anna@example.edu\nTotal: 1 student\n© University\n",
        people=f"5 {ANNA} | Anna Berg",
        passed="1 above\n2 above\n3 blank\n6 prose\n7 prose",
    ),
    "somebody-above-the-titles": Case(
        "contact: prof@example.edu\nName;Email\nAnna;anna@example.edu\n",
        people=f"3 {ANNA} | Anna",
        refused="1 above-titles",
    ),
    "two-lists-in-one": Case(
        "email,name\nanna@example.edu,Anna\nname,email\nBo,bo@example.edu\n",
        people=f"2 {ANNA} | Anna\n4 bo@example.edu | Bo",
        passed="3 titles",
    ),
    "cell-over-two-lines": Case('email,name\nanna@example.edu,"Anna\nBerg"\n', people=f"2 {ANNA} | Anna Berg"),
    "open-quotation-mark": Case(
        'email,name\na@example.edu,"Anna\nb@example.edu,Bo\nc@example.edu,Cy"\nd@example.edu,Di\n',
        people='3 b@example.edu | Bo\n4 c@example.edu | Cy"\n5 d@example.edu | Di',
        refused="2 quotes",
    ),
    "quotation-mark-within": Case(
        'email,name\na@example.edu,Anna "Annie" Berg\n', people='2 a@example.edu | Anna "Annie" Berg'
    ),
    "typographic-quotation-marks": Case(
        "email,name\na@example.edu,“Berg, Anna”\n", people="2 a@example.edu | Anna Berg"
    ),
    "control-characters": Case(
        "email,name\na@example.edu,A\x07\nb@example.edu,B\n", people="3 b@example.edu | B", refused="2 unprintable"
    ),
    "over-long-cells": Case(
        f"email,name\n{'a' * 300}@example.edu,A\nb@example.edu,{'b' * 5000}\nc@example.edu,C\nd@example.edu,{'d' * 200_000}\n",
        people="4 c@example.edu | C",
        refused="2 bad-email\n3 too-long\n5 too-long",
    ),
    # Languages
    "french": Case(
        "Prénom;Nom;Adresse de courriel;N° étudiant\nAnna;Berg;anna@example.edu;0012345\n",
        people=BERG,
        encoding="latin-1",
    ),
    "french-decomposed": Case(
        "Pre\u0301nom;Nom de famille;Adresse e\u0301lectronique\nZoe\u0308;Le Gall;zoe@example.edu\n",
        people="2 zoe@example.edu | Zoë Le Gall",
    ),
    "german-bare-name": Case("Name,Vorname,E-Mail,Matr.-Nr.\nBerg,Anna,anna@example.edu,0012345\n", people=BERG),
    "vietnamese": Case(
        "Mã số sinh viên,Họ và tên,Email,Vai trò\n0012345,Nguyễn Văn Ân,anna@example.edu,Sinh viên\n",
        people=f"2 {ANNA} | Nguyễn Văn Ân | 0012345 | student",
    ),
    "vietnamese-parts": Case(
        "MSSV;Họ đệm;Tên;Thư điện tử\n0012345;Nguyễn Văn;Ân;anna@example.edu\n",
        people=f"2 {ANNA} | Nguyễn Văn Ân | 0012345",
    ),
    "spanish": Case(
        "Nombre,Apellido(s),Dirección de correo,Matrícula\nAnna,Berg,anna@example.edu,0012345\nPromedio general,,,\n",
        people=BERG,
        passed="3 summary",
    ),
    "italian": Case("Nome;Cognome;Indirizzo email;Matricola\nAnna;Berg;anna@example.edu;0012345\n", people=BERG),
    "polish": Case(
        "Imię;Nazwisko;Adres e-mail;Nr albumu\nŁucja;Wiśniewska;l@example.edu;0012345\n",
        people="2 l@example.edu | Łucja Wiśniewska | 0012345",
        encoding="cp1250",
    ),
    "dutch": Case(
        "Voornaam,Tussenvoegsel,Achternaam,E-mailadres,Studentnummer\nJan,van der,'t Hart,jan@example.edu,0012345\n",
        people="2 jan@example.edu | Jan van der 't Hart | 0012345",
    ),
    "portuguese": Case("Nome completo;E-mail;Número de aluno\nAnna Berg;anna@example.edu;0012345\n", people=BERG),
    "turkish-capitals": Case("ADI,SOYADI,E-POSTA,ÖĞRENCİ NO\nAnna,Berg,anna@example.edu,0012345\n", people=BERG),
    "russian": Case("Фамилия;Имя;Электронная почта\nБерг;Анна;anna@example.edu\n", people=f"2 {ANNA} | Анна Берг"),
    "chinese": Case("学号,姓名,邮箱\n0012345,王安娜,anna@example.edu\n", people=f"2 {ANNA} | 王安娜 | 0012345"),
    "two-languages-and-a-remark": Case(
        "E-Mail / Courriel,Name (full)*\nanna@example.edu,Anna Berg\n", people=f"2 {ANNA} | Anna Berg"
    ),
    "titles-in-an-unknown-language": Case(
        "Όνομα,Διεύθυνση\nΆννα,anna@example.edu\n", people=f"2 {ANNA} | Άννα", passed="1 unknown-titles"
    ),
    "unknown-title-over-addresses": Case(
        "Name,Contact\nAnna Berg,anna@example.edu\nBo,\n", people=f"2 {ANNA} | Anna Berg", refused="3 no-email"
    ),
    # Without titles
    "several-on-a-line": Case(
        "anna@example.edu;bo@example.edu;cy@example.edu", people=f"1 {ANNA}\n1 bo@example.edu\n1 cy@example.edu"
    ),
    "several-with-spaces": Case(
        "anna@example.edu bo@example.edu, cy@example.edu\n", people=f"1 {ANNA}\n1 bo@example.edu\n1 cy@example.edu"
    ),
    "several-with-names": Case(
        "Berg, Anna <anna@example.edu>; Chi, Bo <bo@example.edu>\nDi Day <mailto:di@example.edu>\n",
        people=f"1 {ANNA} | Anna Berg\n1 bo@example.edu | Bo Chi\n2 di@example.edu | Di Day",
    ),
    "several-for-one-name": Case(
        "Anna,anna@example.edu,a.berg@example.edu\nBo,bo@example.edu\n",
        people="2 bo@example.edu | Bo",
        refused="1 several-emails",
    ),
    "name-in-two-cells": Case(
        "Anna,Berg,anna@example.edu\n0012345,Bo,Chi,bo@example.edu,TA\n",
        people=f"1 {ANNA} | Anna Berg\n2 bo@example.edu | Bo Chi | 0012345 | assistant",
    ),
    "words-around-an-address": Case(
        "Anna Berg 0012345 anna@example.edu\n- Bo Chi (bo@example.edu)\n2. Di <di@example.edu>\n",
        people=f"1 {ANNA} | Anna Berg | 0012345\n2 bo@example.edu | Bo Chi\n3 di@example.edu | Di",
    ),
    "two-numbers-without-titles": Case(
        "Anna,1,2,anna@example.edu\nBo,3,bo@example.edu\n",
        people="2 bo@example.edu | Bo | 3",
        refused="1 several-numbers",
    ),
    "comments-and-headings": Case(
        "# first group\nanna@example.edu\nTutorial group 2\nbo@example.edu\n-----\n",
        people=f"2 {ANNA}\n4 bo@example.edu",
        passed="1 comment\n3 prose\n5 rule",
    ),
    "a-number-instead-of-an-address": Case(
        "anna@example.edu\nBo Chi 0012345\nSummer 2026\nCy;0012346\n",
        people=f"1 {ANNA}\n2 - | Bo Chi | 0012345\n4 - | Cy | 0012346",
        passed="3 prose",
    ),
    "bare-logins": Case("chi.le\nbo.an\n", people="1 chi.le@uni.edu\n2 bo.an@uni.edu", domain="uni.edu"),
    # Addresses
    "addresses-as-people-write-them": Case(
        "email\nANNA@Example.EDU\n<bo@example.edu>\nmailto:cy@example.edu?subject=x\n“di@example.edu”\n"
        '"<a href=""mailto:ed@example.edu"">ed@example.edu</a>"\n\'fa@example.edu\ngi＠example.edu\nha@example.edu.\n',
        people=f"2 {ANNA}\n3 bo@example.edu\n4 cy@example.edu\n5 di@example.edu\n6 ed@example.edu\n7 fa@example.edu\n"
        "8 gi@example.edu\n9 ha@example.edu",
    ),
    "addresses-that-are-none": Case(
        "email,name\na@@example.edu,A\nb@example,B\nc@,C\n@example.edu,D\ne @example.edu,E\nf@x..edu,F\ng(at)example.edu,G\nh@example.edu,H\n",
        people="9 h@example.edu | H",
        refused="2 bad-email\n3 bad-email\n4 bad-email\n5 bad-email\n6 bad-email\n7 bad-email\n8 bad-email",
    ),
    "internationalised-domain-twice": Case(
        "email\nanna@bücher.example\nanna@xn--bcher-kva.example\n", people="2 anna@bücher.example", passed="3 same"
    ),
    "several-addresses-beside-a-name": Case(
        'email,name\n"a@example.edu; b@example.edu",Anna\n"c@example.edu, d@example.edu",\n',
        people="3 c@example.edu\n3 d@example.edu",
        refused="2 several-emails",
    ),
    "empty-address-falls-back-on-the-login": Case(
        "Email,Username,Name\n,anna@example.edu,Anna\n-,chi.le,Chi\n", people=f"2 {ANNA} | Anna", refused="3 login"
    ),
    # Twice
    "same-row-twice": Case(
        "email,name,number\nanna@example.edu,Anna Berg,1\nANNA@example.edu,anna berg,1\n",
        people=f"2 {ANNA} | Anna Berg | 1",
        passed="3 same",
    ),
    "same-address-other-number": Case(
        "email,number\nanna@example.edu,1\nanna@example.edu,2\n", people=f"2 {ANNA} | - | 1", refused="3 twice"
    ),
    "same-number-for-two": Case(
        "email,number\nanna@example.edu,s1\nbo@example.edu,S1\n", people=f"2 {ANNA} | - | s1", refused="3 number-twice"
    ),
    "placeholders-are-no-numbers": Case(
        "email,number\na@example.edu,n/a\nb@example.edu,N/A\nc@example.edu,-\nd@example.edu,#N/A\n",
        people="2 a@example.edu\n3 b@example.edu\n4 c@example.edu\n5 d@example.edu",
    ),
    # Names
    "names": Case(
        'email,Full name\na@x.edu,"Berg, Anna"\nb@x.edu,"King, Jr."\nc@x.edu,O&#39;Brien\nd@x.edu,\'t Hooft\ne@x.edu,MÃ¼ller\n',
        people="2 a@x.edu | Anna Berg\n3 b@x.edu | King, Jr.\n4 c@x.edu | O'Brien\n5 d@x.edu | 't Hooft\n6 e@x.edu | Müller",
    ),
    "letters-lost-on-the-way": Case(
        "email,name\na@x.edu,Nguy?n\nb@x.edu,M\ufffdller\nc@x.edu,C\n",
        people="4 c@x.edu | C",
        refused="2 lost-letters\n3 lost-letters",
    ),
    "formulas": Case(
        'email,name,number\na@x.edu,=1+1,1\nb@x.edu,"\'=HYPERLINK(""x"")",2\nc@x.edu,C,=cmd\nd@x.edu,@SUM(A1),4\ne@x.edu,E,5\n',
        people="6 e@x.edu | E | 5",
        refused="2 formula\n3 formula\n4 formula\n5 formula",
    ),
    "names-that-could-be-roles": Case(
        "Tạ,Minh,ta@x.edu\nAnna,Co,co@x.edu\nBo,bo@x.edu,TA\nCy,cy@x.edu,Giảng viên\n",
        people="1 ta@x.edu | Tạ Minh\n2 co@x.edu | Anna Co\n3 bo@x.edu | Bo | - | assistant\n"
        "4 cy@x.edu | Cy | - | instructor",
    ),
    "name-behind-an-address-in-one-cell": Case(
        'email;role\n"anna@example.edu, Anna Berg";student\n', people=f"2 {ANNA} | Anna Berg | - | student"
    ),
    "labels-before-addresses": Case(
        "To: Anna Berg <anna@example.edu>; Bo <bo@example.edu>\ne-mail: cy@example.edu\n",
        people=f"1 {ANNA} | Anna Berg\n1 bo@example.edu | Bo\n2 cy@example.edu",
    ),
    "web-page-and-program": Case(
        '{"email": "a@x.edu", "name": "A"}\n<td>Anna</td><td>b@x.edu</td>\nc@x.edu\n',
        people="3 c@x.edu",
        refused="1 markup\n2 markup",
    ),
    "canvas-analytics": Case(
        "Student Name,Student ID,Student SIS ID,Email\nAnna Berg,5512,0012345,anna@example.edu\n",
        people=BERG,
        unused="Student ID",
    ),
    "windows-logins": Case("Username\nUNI\\chi.le\n", people="2 chi.le@uni.edu", domain="uni.edu"),
    # All of a list
    "nothing": Case("\n \n", refused="1 empty"),
    "a-separator-alone": Case("sep=;\n", refused="1 empty"),
    "titles-alone": Case("email,name\n", refused="1 empty"),
    "nobody-can-be-told-apart": Case("Name,Group\nAnna Berg,1\n", refused="1 no-email-column"),
    "no-domain": Case("login\nchi.le\n", refused="0 bad-domain", domain="not a domain"),
}


def read(case: Case) -> Roster:
    return (
        read_file(case.text.encode(case.encoding), case.domain) if case.encoding else read_text(case.text, case.domain)
    )


def person(entry: RosterEntry) -> str:
    parts = [f"{entry.line} {entry.email or '-'}", entry.name or "-", entry.number or "-", entry.role or "-"]
    while parts[-1] == "-":
        parts.pop()
    return " | ".join(parts)


@pytest.mark.parametrize("case", LISTS.values(), ids=list(LISTS))
def test_each_line_of_a_list_is_taken_passed_over_or_refused(case: Case) -> None:
    roster = read(case)
    assert "\n".join(map(person, roster.entries)) == case.people
    assert "\n".join(f"{flaw.line} {flaw.wrong}" for flaw in roster.flaws) == case.refused
    assert "\n".join(f"{line.line} {line.why}" for line in roster.passed) == case.passed
    assert ", ".join(roster.unused) == case.unused


@pytest.mark.parametrize("case", LISTS.values(), ids=list(LISTS))
def test_no_line_with_an_address_vanishes_unnamed(case: Case) -> None:
    roster = read(case)
    said: list[RosterEntry | RosterFlaw | PassedOver] = [*roster.entries, *roster.flaws, *roster.passed]
    named = {line.line for line in said}
    lines = dict(enumerate(roster.text.split("\n"), start=1))
    assert [number for number, line in lines.items() if "@" in line and number not in named] == []


def test_a_class_of_a_thousand_is_read_in_one_go() -> None:
    head = "Student,ID,SIS User ID,SIS Login ID,Section\n"
    rows = "".join(f'"Berg {n}, Anna",{n},{n:07},a{n}@example.edu,NN\n' for n in range(1000))
    assert len(read_text(head + rows).entries) == 1000
