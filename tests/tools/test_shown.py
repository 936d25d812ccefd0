import pytest

from tools.shown import PageReader, joined


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<p>Press <kbd>Enter</kbd> now</p>", ["Press \u241fEnter \u241fnow"]),
        ("<p><b>Bold</b></p>", ["Bold"]),
        ("<li><span>a</span><span>b</span></li>", ["a\u241fb"]),
        ("<p>Kept.</span> <a>Sign in</a></p>", ["Kept. \u241fSign in"]),
        ("<script>x</script><p>\n a\n  b </p>", ["a b"]),
        ("<td>3</td><td></td><td>&lt;4&gt;</td>", ["3", "<4>"]),
        ("<p>From <math><msub><mi>w</mi><mn>1</mn></msub></math> on</p>", ["From \u241fw\u241f1 \u241fon"]),
        ("<svg><title>Picture</title><text>x</text></svg>", ["Picture", "x"]),
    ],
)
def test_a_page_shows_one_text_for_each_block(html: str, texts: list[str]) -> None:
    assert PageReader.read(html)["texts"] == texts


def test_a_page_is_read_with_what_is_spoken_where_it_leads_and_what_it_asks() -> None:
    page = PageReader.read(
        '<link rel="stylesheet" href="/a.css"><meta name="viewport" content="x"><img alt="A figure" src="/p.svg">'
        '<a href="/next" title="Next">.</a><input name="w1" value="typed"><input type="hidden" name="page" value="/x">'
    )
    assert page["attrs"] == ["alt: A figure", "title: Next"]
    assert page["links"] == ["src /p.svg", "href /next"]
    assert page["fields"] == [["input", "w1", None, None], ["input", "page", "hidden", "/x"]]


def test_edges_that_meet_are_one() -> None:
    assert joined(" a \u241f\u241f b\u241f \u241fc\u241f") == "a \u241fb \u241fc"
