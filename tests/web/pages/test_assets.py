import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

from grader.web.pages.layout import COMPONENTS, STATIC_FOLDER, STYLE_NAME, STYLES_FOLDER, assets_version, style_sheet
from tests.web.conftest import EXERCISES
from tests.web.pages.conftest import sample, send

TEMPLATES = sorted((EXERCISES.parent / "grader/web/templates").rglob("*.html"))
INLINE = re.compile(r"""\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:|https?://(?!www\.w3\.org)""")


SHEETS = {name: (STYLES_FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in COMPONENTS}
FILES = sorted({STYLE_NAME, *(file.name for file in STATIC_FOLDER.iterdir())})


def content(name: str) -> bytes:
    return style_sheet() if name == STYLE_NAME else (STATIC_FOLDER / name).read_bytes()


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)


def test_every_file_that_pages_name_is_there(student: FlaskClient) -> None:
    pages = ("/sign-in", "/exercises", "/exercises/and-gate", "/submissions")
    named = {address for page in pages for address in addresses(student.get(page).text)}
    assert len(named) > 3
    assert any(address.endswith("/exercise.js") for address in named)
    for address in named:
        with student.get(address) as reply:
            assert reply.status_code == 200, address


COLOUR = re.compile(r"#[0-9a-f]{3,8}\b(?=[^{}]*[;}])|\brgba?\(|\bhsla?\(", re.IGNORECASE)
COMMENT, RULE = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"([^{}]+)\{")
MEDIA = re.compile(r"@(?:media|font-face)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
"""What holds on some screens or on paper alone may stand beside the component that it changes."""

IMPORTS = {
    False: re.compile(r'from "\./([a-z]+\.js)"'),
    True: re.compile(r'(?:from |import\()"\./([a-z]+\.js)"'),
}
"""What a script loads: on a page without a form what it imports, with one what it loads later, too."""

COMPRESSED = {"Accept-Encoding": "gzip, deflate, br"}


def transferred(client: FlaskClient, page: str) -> dict[str, int]:
    """Return the bytes of each body that a browser transfers for a page, by address: HTML, styles, icon, all scripts.

    Bodies count as they are sent, compressed or not. The font of formulas is left out: it is sent once for all pages.
    """
    reply = client.get(page, headers=COMPRESSED)
    assert reply.status_code == 200
    html = unpacked(reply)
    waiting, weights, has_form = addresses(html), {page: len(reply.data)}, "data-answers" in html
    for address in waiting:
        if address not in weights:
            with client.get(address, headers=COMPRESSED) as found:
                assert found.status_code == 200, address
                weights[address] = len(found.data)
                imports = IMPORTS[has_form].findall(unpacked(found)) if address.endswith(".js") else []
            waiting += [f"{address.rpartition('/')[0]}/{name}" for name in imports]
    return weights


def unpacked(reply: Response) -> str:
    is_packed = reply.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(reply.data) if is_packed else reply.data).decode()


def test_the_longest_pages_transfer_a_hundred_kilobytes_at_most_with_all_that_they_load_before_the_font(
    student: FlaskClient, grade_all: Callable[[], None]
) -> None:
    report = send(student, "backprop-2-2-2", sample("backprop-2-2-2", "mistaken/stale-weights"))
    grade_all()
    form = transferred(student, "/exercises/backprop-2-2-2")
    loaded = {address.rpartition("/")[2] for address in form}
    assert {"style.css", "exercise.js", "answering.js", "reading.js", "pasted.js", "formulas.js"} <= loaded
    for weights in (form, transferred(student, report)):
        assert 15_000 < sum(weights.values()) <= 100_000, weights


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_sent_compressed_or_as_it_is_and_is_the_same(client: FlaskClient, name: str) -> None:
    place = f"/assets/{assets_version()}/{name}"
    with client.get(place) as plain, client.get(place, headers=COMPRESSED) as packed:
        assert plain.data == gzip.decompress(packed.data) == content(name)
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        for header in ("Content-Type", "Cache-Control", "Vary"):
            assert plain.headers[header] == packed.headers[header]
        assert plain.headers["Vary"] == "Accept-Encoding"
        assert plain.headers["ETag"] != packed.headers["ETag"]


@pytest.mark.parametrize("accepted", [{}, COMPRESSED], ids=["plain", "compressed"])
def test_a_browser_that_has_a_file_is_sent_nothing(client: FlaskClient, accepted: dict[str, str]) -> None:
    place = f"/assets/{assets_version()}/style.css"
    with client.get(place, headers=accepted) as first:
        known = first.headers["ETag"]
    with client.get(place, headers=accepted | {"If-None-Match": known}) as again:
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0"])
def test_a_browser_that_does_not_take_gzip_gets_the_file_as_it_is(client: FlaskClient, accepted: str) -> None:
    with client.get(f"/assets/{assets_version()}/style.css", headers={"Accept-Encoding": accepted}) as reply:
        assert "Content-Encoding" not in reply.headers
        assert reply.data == style_sheet()


def test_a_page_asks_for_one_style_sheet_which_holds_every_component(student: FlaskClient) -> None:
    for page in ("/sign-in", "/exercises", "/exercises/and-gate", "/submissions"):
        sheets = [address for address in addresses(student.get(page).text) if address.endswith(".css")]
        assert [address.rpartition("/")[2] for address in sheets] == [STYLE_NAME]
    assert sorted(COMPONENTS) == sorted(file.stem for file in STYLES_FOLDER.iterdir())
    assert all(sheet.encode() in style_sheet() for sheet in SHEETS.values())


def test_colours_stand_among_the_tokens_alone() -> None:
    found = {name: COLOUR.findall(sheet) for name, sheet in SHEETS.items() if name != "tokens"}
    assert {name: colours for name, colours in found.items() if colours} == {}
    assert len(COLOUR.findall(SHEETS["tokens"])) > 20


def test_every_token_is_used_and_every_one_that_is_used_is_there() -> None:
    whole = style_sheet().decode()
    assert set(re.findall(r"(?<![\w-])(--[\w-]+):", whole)) == set(re.findall(r"var\((--[\w-]+)\)", whole))


def test_a_rule_stands_in_one_component() -> None:
    found: dict[str, set[str]] = {}
    for name, sheet in SHEETS.items():
        for selectors in RULE.findall(MEDIA.sub("", COMMENT.sub("", sheet))):
            for selector in re.split(r",(?![^(]*\))", selectors):
                found.setdefault(" ".join(selector.split()), set()).add(name)
    assert {selector: names for selector, names in found.items() if len(names) > 1} == {}


def test_every_class_of_the_sheets_is_one_of_a_page() -> None:
    web = STATIC_FOLDER.parent
    sources = [*TEMPLATES, *web.rglob("*.py"), *STATIC_FOLDER.glob("*.js")]
    words = set(re.findall(r"[\w-]+", "\n".join(path.read_text(encoding="utf-8") for path in sources)))
    selectors = RULE.findall(COMMENT.sub("", style_sheet().decode()))
    assert set(re.findall(r"\.([a-z][\w-]*)", " ".join(selectors))) - words == set()


def test_files_may_be_kept_for_ever_since_their_address_changes_with_them(client: FlaskClient) -> None:
    with client.get(addresses(client.get("/sign-in").text)[0]) as reply:
        assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_address_of_another_version_is_served_but_not_kept(client: FlaskClient) -> None:
    with client.get("/assets/0000000000000000/style.css") as reply:
        assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-cache")


def test_the_font_of_formulas_is_ours_packed_and_kept_for_ever(client: FlaskClient) -> None:
    sheet = next(name for name in addresses(client.get("/sign-in").text) if name.endswith("style.css"))
    place = sheet.replace("style.css", "stix-two-math.ttf")
    with client.get(sheet) as style, client.get(place) as plain:
        assert 'url("stix-two-math.ttf")' in style.data.decode()
        assert "font-display: swap" in style.data.decode()
        assert plain.data[:4] == b"\0\1\0\0"
        assert plain.headers["Content-Type"] == "font/ttf"
    packed = client.get(place, headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < 0.6 * len(plain.data)
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["..%2Fauth.py", "nothing.css", "%2e%2e/auth.py"])
def test_nothing_but_the_files_of_the_folder_is_given(client: FlaskClient, name: str) -> None:
    for headers in ({}, COMPRESSED):
        assert client.get(f"/assets/0/{name}", headers=headers).status_code == 404


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_style_or_script_or_names_another_site(template: Path) -> None:
    assert INLINE.findall(template.read_text(encoding="utf-8")) == []


def test_scripts_load_from_nowhere_else() -> None:
    for script in STATIC_FOLDER.glob("*.js"):
        assert "http" not in script.read_text(encoding="utf-8").replace("https://www.w3.org", ""), script


def test_pages_come_with_the_strict_policy(student: FlaskClient) -> None:
    policy = student.get("/exercises").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
