from pathlib import Path

import pytest

from grader.catalog.load import load_folder
from tests.catalog.folders import NODE, mend, node, write


def revision(folder: Path) -> str:
    return load_folder(folder).revision


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("w2 = 0.35", "w2 = 0.36"),
        ("target_o = 0.25", "target_o = 0.26"),
        ("points = 2", "points = 3"),
        ("learning_rate = 0.5", "learning_rate = 0.25"),
        ('activation = "tanh"', 'activation = "half-tanh"'),
        ('"net_h", ', ""),
        ("[values]", "[tolerance]\nrelative = 1e-3\n[values]"),
        ("[values]", "[tolerance.fields]\nnet_h = { digits = 5 }\n[values]"),
        ("[values]", "[credit]\nfollows = 0.5\n[values]"),
        ("[values]", '[names]\nnet = "v{node}"\n[values]'),
    ],
)
def test_a_revision_changes_with_what_affects_marks(tmp_path: Path, old: str, new: str) -> None:
    before = revision(node(tmp_path))
    folder = mend(tmp_path / "two-nodes", old, new)
    if "names" in new:
        mend(mend(folder, "net_h", "vh"), "net_o", "vo")
    assert revision(folder) != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "Two nodes in a row"', 'title = "Another title"'),
        ('title = "Forward pass"', 'title = "First part"'),
        ('title = "Two', 'titles = { vi = "Hai nút" }\ntitle = "Two'),
        ('title = "Forward', 'titles = { vi = "Truyền xuôi" }\ntitle = "Forward'),
        ("[values]", "# A comment.\n\n\n[values]"),
        ("w1 = 0.9", "w1   =   0.90"),
        ("x1 = 0.7\nx2 = -0.4", "x2 = -0.4\nx1 = 0.7"),
    ],
)
def test_a_revision_does_not_change_with_prose_or_layout(tmp_path: Path, old: str, new: str) -> None:
    before = revision(node(tmp_path))
    assert revision(mend(tmp_path / "two-nodes", old, new)) == before


def test_a_revision_does_not_change_with_statement_or_samples(tmp_path: Path) -> None:
    before = revision(node(tmp_path))
    more = {"statement.md": "Other words.", "statement.vi.md": "Khác.", "answers/wrong/x.toml": ""}
    assert revision(write(tmp_path / "two-nodes", more)) == before


def test_a_revision_changes_with_the_data(tmp_path: Path) -> None:
    before = revision(node(tmp_path))
    once = revision(write(tmp_path / "two-nodes", {"data/rows.csv": "1,2"}))
    assert len({before, once, revision(write(tmp_path / "two-nodes", {"data/rows.csv": "1,3"}))}) == 3


def test_a_value_called_title_is_no_prose(tmp_path: Path) -> None:
    text = NODE.replace("x1", "title")
    folder = write(tmp_path / "two-nodes", {"exercise.toml": text, "statement.md": "Work it out."})
    before = revision(folder)
    assert revision(mend(folder, "title = 0.7", "title = 0.8")) != before
