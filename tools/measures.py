"""Print how large files, functions and packages are: `python -m tools.measures`, run by `make measures`.

It measures grader and worker. Limits are enforced by `tests/architecture`; these figures show the trend.
"""

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGES = ("grader", "worker")
SHORT = 40


@dataclass(frozen=True, slots=True)
class Measured:
    """One file: its lines, how many of them are imports or hold a comment, lengths of functions, top-level classes."""

    path: Path
    lines: int
    imports: int
    comments: int
    functions: list[int]
    classes: list[str]


def main() -> None:
    """Print the table."""
    for label, figure in measures(sources()).items():
        print(f"{label:<38} {figure}")  # noqa: T201 - a script that prints


def sources() -> list[Path]:
    """Return the product's modules; an `__init__.py` counts where it holds anything."""
    found = [path for package in PACKAGES for path in sorted((CHECKOUT / package).rglob("*.py"))]
    return [path for path in found if path.stat().st_size]


def measures(paths: Sequence[Path]) -> dict[str, str]:
    """Return each figure of the table by its label."""
    files = [_measured(path) for path in paths]
    lines = [file.lines for file in files]
    modules = list(Counter(file.path.parent for file in files if file.path.stem != "__init__").values())
    classes = Counter(name for file in files for name in file.classes)
    return {
        "files": str(len(files)),
        "file lines p50/p90/max": _spread(lines),
        f"files under {SHORT} lines": str(sum(length < SHORT for length in lines)),
        "function lines p50/p90/max": _spread([length for file in files for length in file.functions]),
        "modules a package p50/max": f"{median(modules):.0f}/{max(modules)}",
        "import lines": f"{sum(file.imports for file in files) / sum(lines):.1%}",
        "comments": f"{sum(file.comments for file in files) / sum(lines):.1%}",
        "class names in several files": str(sum(count > 1 for count in classes.values())),
    }


def _measured(path: Path) -> Measured:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return Measured(
        path=path,
        lines=len(text.splitlines()),
        imports=sum(_length(node) for node in imports),
        comments=sum(token.type == tokenize.COMMENT for token in tokens),
        functions=[
            _length(node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ],
        classes=[node.name for node in tree.body if isinstance(node, ast.ClassDef)],
    )


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _spread(numbers: Sequence[int]) -> str:
    """Return median, ninth decile and maximum."""
    ninth = quantiles(numbers, n=10, method="inclusive")[-1]
    return f"{median(numbers):.0f}/{ninth:.0f}/{max(numbers)}"


if __name__ == "__main__":
    main()
