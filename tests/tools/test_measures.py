"""What `make measures` counts."""

from pathlib import Path

from tests.fixtures.machine import CHECKOUT
from tools.measures import measures, sources


def test_lines_functions_imports_comments_and_shared_class_names_are_counted(tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text(
        "import os\nfrom a import (\n    b,\n)\n\n\ndef g(): ...\n\n\nclass Same:\n    pass\n", encoding="utf-8"
    )
    two.write_text("class Same:\n    def f(self):\n        # why\n\n        return 1\n", encoding="utf-8")
    assert measures([one, two]) == {
        "files": "2",
        "file lines p50/p90/max": "8/10/11",
        "files under 40 lines": "2",
        "function lines p50/p90/max": "2/4/4",
        "modules a package p50/max": "2/2",
        "import lines": "25.0%",
        "comments": "6.2%",
        "class names in several files": "1",
    }


def test_the_product_is_measured_without_migrations_and_tests() -> None:
    assert {path.relative_to(CHECKOUT).parts[0] for path in sources()} == {"grader", "worker"}
