"""The pictures of the documentation: each is shown, and `make screenshots` takes it anew."""

import re

from tests.browser.screenshots import IMAGES, SHOTS
from tests.fixtures.machine import CHECKOUT

MOST_BYTES = 150_000


def test_every_picture_is_taken_and_shown() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (CHECKOUT / "README.md", *(CHECKOUT / "docs").glob("*.md"))]
    shown = {name for text in texts for name in re.findall(r"images/([\w-]+)\.png", text)}
    assert {path.stem for path in IMAGES.glob("*.png")} == {shot.name for shot in SHOTS} == shown


def test_no_picture_is_large() -> None:
    assert {path.name for path in IMAGES.iterdir() if path.stat().st_size > MOST_BYTES} == set()
