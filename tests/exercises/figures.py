"""The lecture's exercises and figures, as tests need them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from grader.catalog.load import load_folder
from grader.judging.answers import Entry, ReadAnswers, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.verdict import Verdict

DIRECTORY = Path(__file__).parents[2] / "exercises"

BACKPROP = "backprop-2-2-2"
STEP = "step-network-forward"
GATE = "and-gate"

PRINTED: Mapping[str, str] = {
    "net_h1": "0.3775", "out_h1": "0.593269992", "out_h2": "0.596884378", "net_o1": "1.105905967",
    "out_o1": "0.75136507", "out_o2": "0.772928465", "E_o1": "0.274811083", "E_o2": "0.023560026",
    "E_total": "0.298371109", "dE_dout_o1": "0.74136507", "dout_dnet_o1": "0.186815602",
    "dnet_dw5": "0.593269992", "dE_dw5": "0.082167041", "w1_new": "0.149780716", "w2_new": "0.19956143",
    "w3_new": "0.24975114", "w4_new": "0.29950229", "w5_new": "0.35891648", "w6_new": "0.408666186",
    "w7_new": "0.51130127", "w8_new": "0.561370121",
}  # fmt: skip
"""What the slides of the lecture print for the 2-2-2 example, digit for digit."""

COMPLETED: Mapping[str, str] = {
    **PRINTED,
    "net_h2": "0.3925", "net_o2": "1.224921404096", "delta_o1": "0.138498561629", "delta_o2": "-0.038098236517",
    "dE_dw6": "0.082667627848", "dE_dw7": "-0.022602540477", "dE_dw8": "-0.022740242216",
    "delta_h1": "0.008771354689", "delta_h2": "0.009954254705", "dE_dw1": "0.000438567734",
    "dE_dw2": "0.000877135469", "dE_dw3": "0.000497712735", "dE_dw4": "0.000995425471",
    "E_total_new": "0.291027773694",
}  # fmt: skip
"""The same with what the slides leave out, worked out in float64 apart from this project."""

STEP_FIGURES: Mapping[str, str] = {"v3": "2", "v4": "1", "y3": "1", "y4": "1", "v5": "1", "y5": "1"}


@cache
def exercise(slug: str) -> Exercise:
    """One of the exercises that the project comes with."""
    return load_folder(DIRECTORY / slug).exercise


def answers(slug: str, texts: Mapping[str, str]) -> ReadAnswers:
    """What reading gives for texts as a person types them."""
    return read_answers(exercise(slug), {name: Entry(text) for name, text in texts.items()})


def report(slug: str, texts: Mapping[str, str]) -> Report:
    """The report of texts as a person types them."""
    return judge(exercise(slug), [answers(slug, texts)])[0]


def verdicts(report: Report) -> dict[str, Verdict]:
    """The word of each field."""
    return {name: field.verdict for name, field in report.fields.items()}


def lost(report: Report) -> list[str]:
    """The fields that don't have all of their points, in order."""
    return [name for name, field in report.fields.items() if field.given < field.max]
