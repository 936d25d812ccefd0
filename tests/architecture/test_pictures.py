"""The pictures of the documentation: each is shown, and what they show is current."""

import re

from tests.browser.screenshots import IMAGES, SHOTS
from tests.fixtures.machine import CHECKOUT
from tools.picture import CAPTIONS, PICTURE, draw

MOST_BYTES = 150_000


def test_every_picture_is_taken_and_shown() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (CHECKOUT / "README.md", *(CHECKOUT / "docs").glob("*.md"))]
    shown = {name for text in texts for name in re.findall(r"images/([\w-]+)\.png", text)}
    assert {path.stem for path in IMAGES.glob("*.png")} == {shot.name for shot in SHOTS} == shown


def test_the_picture_of_the_architecture_shows_the_imports_of_today() -> None:
    assert PICTURE.read_text(encoding="utf-8") == draw(), "run `make picture`"
    assert f"images/{PICTURE.name}" in (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_picture_of_the_architecture_captions_every_package_and_nothing_else() -> None:
    packages = {path.stem for path in (CHECKOUT / "grader").iterdir() if not path.name.startswith("__")}
    assert set(CAPTIONS) == packages | {"worker"}


def test_no_picture_is_large() -> None:
    assert {path.name for path in IMAGES.iterdir() if path.stat().st_size > MOST_BYTES} == set()
