import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from grader.web.pages.assets import FOLDER
from tests.web.conftest import EXERCISES
from tests.web.pages.conftest import sample, send

TEMPLATES = sorted((EXERCISES.parent / "grader/web/templates").glob("*.html"))
INLINE = re.compile(r"""\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:|https?://(?!www\.w3\.org)""")


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)


def test_every_file_that_pages_name_is_there(student: FlaskClient) -> None:
    pages = ("/sign-in", "/exercises", "/exercises/and-gate", "/submissions")
    named = {address for page in pages for address in addresses(student.get(page).text)}
    assert len(named) > 5
    for address in named:
        with student.get(address) as reply:
            assert reply.status_code == 200, address


IMPORTS = {
    False: re.compile(r'from "\./([a-z]+\.js)"'),
    True: re.compile(r'(?:from |import\()"\./((?!reading)[a-z]+\.js)"'),
}
"""What a script loads, on a page without a form and with one; what reads while one types comes once it can be used."""


def before_the_font(client: FlaskClient, page: str) -> int:
    """Bytes of a page with its styles, and with its scripts and all that they import."""
    reply = client.get(page)
    assert reply.status_code == 200
    waiting, weights, has_form = addresses(reply.text), {page: len(reply.data)}, "data-answers" in reply.text
    for address in waiting:
        if address not in weights and not address.endswith(".ttf"):
            with client.get(address) as found:
                weights[address] = len(found.data)
                imports = IMPORTS[has_form].findall(found.data.decode()) if address.endswith(".js") else []
            waiting += [f"{address.rpartition('/')[0]}/{name}" for name in imports]
    return sum(weights.values())


def test_the_longest_pages_weigh_a_hundred_kilobytes_at_most_before_the_font(
    student: FlaskClient, grade_all: Callable[[], None]
) -> None:
    report = send(student, "backprop-2-2-2", sample("backprop-2-2-2", "mistaken/stale-weights"))
    grade_all()
    for page in ("/exercises/backprop-2-2-2", report):
        assert 30_000 < before_the_font(student, page) <= 100_000, page


def test_files_may_be_kept_for_ever_since_their_address_changes_with_them(client: FlaskClient) -> None:
    with client.get(addresses(client.get("/sign-in").text)[0]) as reply:
        assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_address_of_another_version_is_served_but_not_kept(client: FlaskClient) -> None:
    with client.get("/assets/0000000000000000/page.css") as reply:
        assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-cache")


def test_the_font_of_formulas_is_ours_packed_and_kept_for_ever(client: FlaskClient) -> None:
    sheet = next(name for name in addresses(client.get("/sign-in").text) if name.endswith("page.css"))
    place = sheet.replace("page.css", "stix-two-math.ttf")
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
    assert client.get(f"/assets/0/{name}").status_code == 404


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_style_or_script_or_names_another_site(template: Path) -> None:
    assert INLINE.findall(template.read_text(encoding="utf-8")) == []


def test_scripts_load_from_nowhere_else() -> None:
    for script in FOLDER.glob("*.js"):
        assert "http" not in script.read_text(encoding="utf-8").replace("https://www.w3.org", ""), script


def test_pages_come_with_the_strict_policy(student: FlaskClient) -> None:
    policy = student.get("/exercises").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
