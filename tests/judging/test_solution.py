"""Worked solutions of any network: every line becomes MathML and ends with the right value."""

from hypothesis import given
from math_core import LatexToMathML

from grader.judging.solution import number, worked_solution
from tests.engine.chance import Make, made, makes
from tests.judging.made import ask_all
from tests.judging.test_properties import GENERATED

LATEX = LatexToMathML()


@GENERATED
@given(makes())
def test_every_line_becomes_mathml_and_ends_with_the_value(make: Make) -> None:
    exercise = ask_all(made(make))
    steps = worked_solution(exercise)
    assert [step.name for step in steps] == list(exercise.computed_order)
    for step in steps:
        assert LATEX.convert_with_local_state(step.latex, displaystyle=True).startswith("<math")
        assert step.latex.endswith(f" = {number(float(exercise.reference[step.name]))}")
