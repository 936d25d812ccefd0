from pathlib import Path

import pytest
from babel.messages import Catalog

from tests.architecture.conftest import collected
from tools import reword

WORDS = {
    "Shut out": "Disable account",
    "right": "correct",
    "%(num)s line has to be mended": "Fix %(num)s line",
    "%(num)s lines have to be mended": "Fix %(num)s lines",
    "%(text)s is no address.": "Enter a valid address, not %(text)s.",
    "It loses %(percent)s %% then.": "It costs %(percent)s %%.",
}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<b>{{ _("Shut out") }}</b>', '<b>{{ _("Disable account") }}</b>'),
        ("<b title=\"{{ _('Shut out') }}\">", "<b title=\"{{ _('Disable account') }}\">"),
        ("{% trans %}Shut out{% endtrans %}", "{% trans %}Disable account{% endtrans %}"),
        ("{% trans %}\n  Shut\n  out\n{% endtrans %}", "{% trans %}Disable account{% endtrans %}"),
        (
            "{% trans percent=x %}It loses {{ percent }} % then.{% endtrans %}",
            "{% trans percent=x %}It costs {{ percent }} %.{% endtrans %}",
        ),
        (
            '{{ ngettext("%(num)s line has to be mended", "%(num)s lines have to be mended", n) }}',
            '{{ ngettext("Fix %(num)s line", "Fix %(num)s lines", n) }}',
        ),
        ("<b>Shut out</b> {{ x.right }}", "<b>Shut out</b> {{ x.right }}"),
    ],
)
def test_a_template_says_the_new_sentence_where_it_said_the_old_one(before: str, after: str) -> None:
    assert reword.reword_template(before, WORDS) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('raise Refused("Shut out")', 'raise Refused("Disable account")'),
        ('_("right")', '_("correct")'),
        ('row["right"] == "right"', 'row["right"] == "right"'),
        ('x = "Shut " "out"', 'x = "Disable account"'),
        ('"""Shut out"""', '"""Shut out"""'),
        ('f"Shut out {x}"', 'f"Shut out {x}"'),
    ],
)
def test_a_module_says_the_new_sentence_where_people_read_it(before: str, after: str) -> None:
    assert reword.reword_module(before, WORDS) == after


def test_a_long_sentence_goes_over_lines_that_are_still_one_literal() -> None:
    said = "x" + " and what would help" * 12
    module = reword.reword_module('def f() -> None:\n    x = "Shut out"\n    g("Shut out")\n', {"Shut out": said})
    assert max(map(len, module.splitlines())) <= reword.WIDTH
    read: dict[str, object] = {"g": lambda text: text}
    exec(compile(module, "m", "exec"), read)  # noqa: S102 - our own lines
    assert reword.reword_module(module, {said: "Shut out"}).count('"Shut out"') == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('assert "3 lines have to be mended" in page', 'assert "Fix 3 lines" in page'),
        ('assert "abc is no address." in page', 'assert "Enter a valid address, not abc." in page'),
        ('page.click("Shut out")', 'page.click("Disable account")'),
        ('assert "Why he was Shut out then" in page', 'assert "Why he was Shut out then" in page'),
        ('assert "It loses 10 % then." in page', 'assert "It costs 10 %." in page'),
        ('row["right"]', 'row["right"]'),
    ],
)
def test_a_test_quotes_the_new_sentence(before: str, after: str) -> None:
    assert reword.reword_test(before, WORDS) == after


def test_translations_stay_with_their_sentences() -> None:
    catalog = Catalog(locale="vi")
    catalog.add("Shut out", "Khóa tài khoản")
    plural = ("%(num)s line has to be mended", "%(num)s lines have to be mended")
    catalog.add(plural, ("Sửa %(num)s dòng",))
    renamed = reword.reword_catalog(catalog, WORDS)
    assert renamed["Disable account"].string == "Khóa tài khoản"
    assert renamed["Fix %(num)s line"].string == ("Sửa %(num)s dòng",)
    assert "Shut out" not in renamed


@pytest.mark.parametrize(
    "lines",
    [
        "a b\tc d\na b\te f\n",
        "a b\tc d\nc d\te f\n",
        "a b c d\n",
        "a %(x)s\tb %(y)s\n",
        "a {x:g}\tb {y:g}\n",
        "a b\ta b\n",
    ],
    ids=["mapped-twice", "chain", "no-tab", "other-placeholder", "other-value", "same"],
)
def test_a_mapping_that_does_not_say_one_thing_is_refused(tmp_path: Path, lines: str) -> None:
    (tmp_path / "x.tsv").write_text(lines, encoding="utf-8")
    with pytest.raises(reword.AmbiguousError):
        reword.load(tmp_path)


def test_a_sentence_of_the_judging_is_reworded_under_its_key() -> None:
    source = 'TYPED = {\n    "wide.range": "{place} is out of its range",\n}\n'
    words = {"{place} is out of its range": "{place} is out of range"}
    assert reword.reword_module(source, words) == source.replace("its range", "range")


def test_an_entry_of_which_nothing_is_said_is_found() -> None:
    assert reword.unfound(WORDS, {"Shut out", "correct"}) == sorted(WORDS.keys() - {"Shut out", "right"})


def test_the_old_sentences_stand_nowhere_and_the_new_ones_do() -> None:
    said = {str(part) for message in collected() for part in _parts(message.id)}
    words = reword.load()
    assert sorted(words.keys() & said) == []
    assert sorted(set(words.values()) - said) == []


def _parts(msgid: object) -> tuple[object, ...]:
    return msgid if isinstance(msgid, tuple) else (msgid,)


@pytest.mark.long
def test_a_second_run_changes_nothing() -> None:
    words = reword.load()
    for path in (path for path in reword.files() if path.is_relative_to(reword.GRADER)):
        source = path.read_text(encoding="utf-8")
        assert reword.rule_for(path)(source, words) == source, path.name
