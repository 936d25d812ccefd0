import json

import pytest

from grader.checking.report import FieldReport, MistakeReport, Report, Score
from grader.checking.trained import RowReport, TrainedReport
from grader.checking.verdict import Verdict
from tests.exercises.figures import BACKPROP, COMPLETED, GATE, STEP, report

EVERYTHING = Report(
    score=Score(1.5, 3.0),
    fields={
        "a": FieldReport(Verdict.FOLLOWS, 1.0, 1.0, expected_from=("x", "y")),
        "b": FieldReport(Verdict.IMPRECISE, 0.5, 1.0, note="Two digits more."),
        "c": FieldReport(Verdict.MISTAKEN, 0.0, 1.0, mistake=MistakeReport("ascent", "Down!", ("error-sign",), "c")),
    },
    first_wrong="c",
    rows=(RowReport({"x1": 0.0}, {"net": -1.5}, {"out": -1.0}, {"out": 1.0}, right=False),),
    notes=("The other sign convention.",),
    trained=TrainedReport(1, 0, 0.0, 0.5, None, 0.1, -0.25, hidden=False, broken=("w = 2.",), weights={"w": 2.0}),
)


@pytest.mark.parametrize(
    "original",
    [
        EVERYTHING,
        report(BACKPROP, COMPLETED),
        report(BACKPROP, {**COMPLETED, "net_h1": "0.0275", "E_total_new": "0.291027924"}),
        report(STEP, {}),
        report(GATE, {"w0": "-1.5", "w1": "1", "w2": "1"}),
        report(GATE, {"w0": "-1e308", "w1": "1e308", "w2": "1e308"}),
    ],
)
def test_a_report_survives_being_stored_as_json(original: Report) -> None:
    stored = json.dumps(original.to_json(), allow_nan=False)
    assert Report.from_json(json.loads(stored)) == original


def test_the_form_of_a_stored_report_is_the_one_that_was_agreed() -> None:
    stored = EVERYTHING.to_json()
    assert list(stored) == ["score", "first_wrong", "fields", "rows", "notes", "trained"]
    assert stored["score"] == {"given": 1.5, "max": 3.0}
    assert stored["fields"]["c"] == {
        "verdict": "mistaken",
        "given": 0.0,
        "max": 1.0,
        "expected_from": (),
        "mistake": {"id": "ascent", "sentence": "Down!", "alternatives": ("error-sign",), "evidence": "c"},
        "note": None,
        "echo": None,
    }


def test_a_report_from_before_trained_weights_were_told_can_still_be_read() -> None:
    stored = report(STEP, {}).to_json()
    del stored["trained"]
    assert Report.from_json(stored) == report(STEP, {})
