import pytest

from grader.web.markup import formula, statement, symbol


def test_a_formula_becomes_mathml() -> None:
    assert formula(r"\delta_{h1}") == "<math><msub><mi>δ</mi><mrow><mi>h</mi><mn>1</mn></mrow></msub></math>"


def test_a_formula_that_cannot_be_read_is_shown_as_its_escaped_source() -> None:
    assert formula(r"\nonsense{<b>}") == r"<code>\nonsense{&lt;b&gt;}</code>"


def test_text_in_a_formula_stays_text() -> None:
    assert "<script>" not in formula(r"\text{<script>alert(1)</script>}")


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{cases} 1 & v \ge 0 \\ 0 & v < 0 \end{cases}",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        r"\begin{array}{lr} 1 & 2 \end{array}",
        r"\textcolor{red}{x}",
    ],
)
def test_no_formula_carries_an_inline_style_which_the_policy_would_refuse(latex: str) -> None:
    assert " style=" not in formula(latex)


def test_alignment_in_a_formula_becomes_classes() -> None:
    assert 'class="to-right flush-right"' in formula(r"\begin{aligned} a &= b \end{aligned}")


def test_a_style_that_has_no_class_is_dropped() -> None:
    assert formula(r"\textcolor{red}{x}") == "<math><mrow><mi>x</mi></mrow></math>"


@pytest.mark.parametrize(
    ("name", "latex"), [("x1", "x_{1}"), ("net_h1", "net_{h1}"), ("y", "y"), ("w13", "w_{13}"), ("", "")]
)
def test_a_name_is_written_with_its_index(name: str, latex: str) -> None:
    assert symbol(name) == formula(latex)


def test_raw_html_in_a_statement_is_text() -> None:
    assert statement("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"


def test_a_link_to_a_script_is_no_link() -> None:
    assert "<a" not in statement("[open](javascript:alert(1))")


def test_formulas_stand_between_dollars() -> None:
    html = statement("The sum $v_3$ is\n\n$$v_3 = w_{13}$$\n")
    assert str(formula("v_3")) in html
    assert str(formula("v_3 = w_{13}", block=True)) in html


def test_headings_stand_below_the_title_of_the_page() -> None:
    assert statement("# First\n\n###### Last\n") == "<h2>First</h2>\n<h6>Last</h6>\n"


def test_a_table_scrolls_by_itself_and_aligns_by_class() -> None:
    html = statement("| a | b |\n|---|--:|\n| 1 | 2 |\n")
    assert 'tabindex="0"' in html
    assert '<td class="to-right">2</td>' in html
    assert "style=" not in html
