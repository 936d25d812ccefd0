import json
import re
from collections.abc import Callable
from html import unescape

from flask.testing import FlaskClient

from tests.web.pages.conftest import row, sample, send, verdicts

PAGE = "/exercises/delta-rule"


def echoes(html: str) -> list[str]:
    """What stands in the rows that show a formula as it was read."""
    return re.findall(r'<tr class="echo">.*?read as (.*?)</div>', html, re.DOTALL)


def test_the_page_says_which_names_a_formula_may_use(student: FlaskClient) -> None:
    page = student.get(PAGE).text
    assert (
        '<p class="hint soft small" id="variables-delta_o1">in <code>target_o1</code>, <code>out_o1</code></p>' in page
    )
    assert 'aria-describedby="variables-delta_o1"' in page
    assert "formulas with" in page
    assert "0.3775" not in page, "how numbers are written says nothing here"


def test_a_page_of_numbers_says_nothing_of_formulas(student: FlaskClient) -> None:
    page = student.get("/exercises/backprop-2-2-2").text
    assert "formulas with" not in page
    assert "variables-" not in page


def test_an_unreadable_formula_shows_the_form_again_with_the_reason(student: FlaskClient) -> None:
    reply = student.post(PAGE, data={"delta_o1": "1/2 out_o1", "dE_dw1": "delta_h1*i1"})
    assert reply.status_code == 422
    assert 'aria-describedby="problem-delta_o1 variables-delta_o1"' in reply.text
    assert "It is unclear whether out_o1 is also part of the denominator" in reply.text
    assert 'value="delta_h1*i1"' in reply.text


def test_the_page_brings_the_names_and_the_sentences_that_the_script_says(student: FlaskClient) -> None:
    page = student.get(PAGE, headers={"Accept-Language": "vi"}).text
    assert 'data-names="target_o1 out_o1"' in page
    sentences = json.loads(unescape(page.partition('data-sentences="')[2].partition('"')[0]))
    assert sentences["formula.did-you-mean"] == "Ở đây không có {name}; có phải ý bạn là {names}?"
    assert {key.partition(".")[0] for key in sentences} == {"formula"}


def test_the_report_shows_each_formula_as_it_was_read(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    submission = send(student, "delta-rule", {"dE_dw1": "delta_h1*i1", "w5_new": "w5 + eta*delta_o1*out_h1"})
    waiting = student.get(submission).text
    assert echoes(waiting) == []
    grade_all()
    page = student.get(submission).text
    assert len(echoes(page)) == 2
    assert all(echo.startswith("<math>") for echo in echoes(page))
    assert "delta_h1*i1" in row(page, "dE_dw1")
    assert "The gradient was added." in row(page, "w5_new")


def test_the_lecture_s_formulas_are_right_on_the_page(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    submission = send(student, "delta-rule", sample("delta-rule", "correct/lecture"))
    grade_all()
    assert set(verdicts(student.get(submission).text).values()) == {"correct"}
