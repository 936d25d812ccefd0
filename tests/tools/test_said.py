from pathlib import Path

import pytest

from tools.reword import MAPPINGS
from tools.said import SAID, Entry, Rewording, entries_in

ENTRIES = [
    Entry("right", "correct"),
    Entry("This could not be sent", "This could not be submitted"),
    Entry("You are signed out", "Signed out"),
    Entry("You are signed out. What you type is kept.", "You are signed out. What you type is kept."),
    Entry("%(num)s students after %(tries)s", "%(num)s students reached full marks after %(tries)s"),
    Entry("%(num)s sent", "%(num)s submitted"),
    Entry("due <time>%(moment)s</time>", "due <time>%(moment)s</time>"),
    Entry("due", "due time"),
    Entry("<kbd>Enter</kbd> goes to the next field.", "Press <kbd>Enter</kbd> for the next field."),
    Entry("%(fields)s {fields:is|are} what this gives.", "This mistake reproduces %(fields)s."),
    Entry("The header is Bearer <token>.", "Send Bearer <token>."),
    Entry("What", "Mistake", "pages/\u2026/dashboard"),
    Entry("What", "Action", "pages/\u2026/audit"),
    Entry("{rows} of the rows were judged", "{rows} {rows:row was|rows were} graded"),
    Entry("If you ask for help, give %(number)s", "For help, quote %(number)s"),
]


@pytest.fixture(scope="module")
def words() -> Rewording:
    return Rewording(ENTRIES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("right", "correct"),
        ("the right one", "the right one"),
        ("\u2713\u241fright", "\u2713\u241fcorrect"),
        ("w1 = 1: right", "w1 = 1: correct"),
        ('{ "title": "right" }', '{ "title": "correct" }'),
        ("Sorry. This could not be sent: try again.", "Sorry. This could not be submitted: try again."),
        ("You are signed out", "Signed out"),
        ("You are signed out. What you type is kept. \u241fright", "You are signed out. What you type is kept. \u241fcorrect"),
        ("Marks: 2 students after 1; 36 students after 2", "Marks: 2 students reached full marks after 1; 36 students reached full marks after 2"),
        ("3 sent", "3 submitted"),
        ("Message sent", "Message sent"),
        ("due", "due time"),
        ("due \u241f27 Feb", "due \u241f27 Feb"),
        ("Enter \u241fgoes to the next field.", "Press \u241fEnter \u241ffor the next field."),
        ("Enter goes to the next field.", "Press \u241fEnter\u241f for the next field."),
        ("w1 is what this gives.", "This mistake reproduces w1."),
        ("w1 and w2 are what this gives.", "This mistake reproduces w1 and w2."),
        ("The header is Bearer <token>.", "Send Bearer <token>."),
        ("1 of the rows were judged", "1 row was graded"),
        ("12 of the rows were judged", "12 rows were graded"),
        ("If you ask for help,\\n give 7f", "For help, quote 7f"),
        ("nothing of it", "nothing of it"),
    ],
)  # fmt: skip
def test_an_old_text_gets_its_new_wording(words: Rewording, old: str, new: str) -> None:
    edges = str.maketrans("", "", "\u241f")
    assert words.text(old, "pages/x").translate(edges) == new.translate(edges)


def test_an_entry_may_apply_to_some_places_only(words: Rewording) -> None:
    said = [words.text("What", where) for where in ("pages/1/dashboard", "pages/2/audit", "pages/3")]
    assert said == ["Mistake", "Action", "What"]


def test_a_sentence_with_its_placeholders_is_exactly_an_entry(words: Rewording) -> None:
    old = "{rows} of the rows were judged"
    assert words.template(old) == "{rows} {rows:row was|rows were} graded"
    assert words.template(f"{old} again") == f"{old} again"


def test_a_line_without_a_new_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pages.tsv"
    path.write_text("old\tnew\nalone\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"pages\.tsv, line 2: write the old text"):
        entries_in(path)


@pytest.mark.parametrize("path", sorted(SAID.glob("*.tsv")), ids=lambda path: path.name)
def test_no_entry_stands_twice_for_one_place(path: Path) -> None:
    places = [(entry.old, entry.where) for entry in entries_in(path)]
    assert len(places) == len(set(places))


def test_texts_that_msgids_map_need_no_second_entry() -> None:
    msgids = {old for part in MAPPINGS.glob("*.tsv") for old, _, _ in entries_in(part)}
    others = [entry for path in SAID.glob("*.tsv") for entry in entries_in(path) if not entry.where]
    assert not [entry.old for entry in others if entry.old in msgids]


def test_the_committed_mapping_serves_both_languages() -> None:
    english, vietnamese = Rewording.of("en"), Rewording.of("vi")
    assert english.text("There is no such assignment", "api/x") == "Assignment not found"
    assert vietnamese.text("V\u00ec sao", "pages/vi x/texts") == "L\u00fd do"
    assert english.text("V\u00ec sao", "pages/en x/texts") == "V\u00ec sao"
