from pathlib import Path

import pytest

from grader.catalog.mathematics import StatementFormula, fault, formulas
from grader.catalog.verify import verify
from tests.catalog.folders import node, write

TEXT = r"""The function $f(x)$ and

$$\frac{1}{2}$$

| $x_1$ | cost |
|---|---|
| 1 | 5 dollars |

`$not this$`, and \$ nor this \$.

- in a list $x^2$
"""


def test_formulas_are_found_wherever_the_page_shows_one() -> None:
    assert list(formulas(TEXT)) == [
        StatementFormula("f(x)", block=False, line=1),
        StatementFormula(r"\frac{1}{2}", block=True, line=3),
        StatementFormula("x_1", block=False, line=5),
        StatementFormula("x^2", block=False, line=11),
    ]


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (r"\frac{1}{x", 'Expected closing token "}", but reached end of input.'),
        (r"\nothing", 'Unknown command "\\nothing".'),
        ("x^", "Expected argument but reached end of input."),
    ],
)
def test_a_formula_that_cannot_be_shown_has_a_fault(latex: str, reason: str) -> None:
    assert fault(StatementFormula(latex, block=False, line=1)) == reason


def test_an_exercise_with_a_formula_that_cannot_be_shown_is_refused_in_every_language(tmp_path: Path) -> None:
    folder = write(
        node(tmp_path),
        {
            "statement.md": "Work out\n\n$$\\frac{1}{{{ x1 }}$$",
            "statement.vi.md": "Tính $net_h$ và $\\hamkichhoat{x}$.",
        },
    )
    assert [str(problem) for problem in verify(folder)] == [
        r"two-nodes/statement.md: line 3: $\frac{1}{0.7$ can" + "'t be shown: "
        'Expected closing token "}", but reached end of input.',
        r"two-nodes/statement.vi.md: line 1: $\hamkichhoat{x}$ can" + '\'t be shown: Unknown command "\\hamkichhoat".',
    ]
