import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from grader.judging import report as reports
from grader.judging.report import FieldReport, MistakeReport, Report, ReportWriter, Score
from grader.judging.verdict import Verdict
from grader.judging.weights_report import RowReport, TrainedReport
from grader.messages.language import ENGLISH
from grader.messages.message import Message
from tests.exercises.figures import BACKPROP, COMPLETED, GATE, STEP, report
from tests.fixtures.languages import VIETNAMESE

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


SAID = Report(
    score=Score(0.0, 2.0),
    fields={
        "a": FieldReport(
            Verdict.MISTAKEN,
            0.0,
            1.0,
            mistake=MistakeReport(
                "half-missing+ascent",
                Message("both", first=Message("mistake.half-missing"), second=Message("mistake.ascent")),
                evidence=Message("judged.gives", fields=("a",), digits=3),
            ),
            note=Message("judged.digits-wanted", digits=4),
        ),
        "b": FieldReport(Verdict.CORRECT, 1.0, 1.0),
    },
    notes=(Message("judged.other-sign"),),
    trained=TrainedReport(
        1,
        0,
        0.0,
        None,
        None,
        None,
        None,
        hidden=True,
        broken=(Message("weights.integers", broken=(Message("value", name="w", value=0.5),)),),
        weights={"w": 0.5},
    ),
)


def sentences(report: Report) -> Iterator[str]:
    """All that a report says."""
    yield from report.notes
    yield from report.trained.broken if report.trained else ()
    for field in report.fields.values():
        yield from (field.note,) if field.note else ()
        yield from (field.mistake.sentence, field.mistake.evidence) if field.mistake else ()


@pytest.mark.parametrize(
    "original",
    [
        EVERYTHING,
        SAID,
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


def test_a_report_says_everything_in_the_language_that_is_asked_for() -> None:
    assert list(sentences(SAID.in_language(VIETNAMESE))) == [
        Message("judged.other-sign").in_language(VIETNAMESE),
        "Các trọng số phải là số nguyên: w = 0,5.",
        "Giá trị này khớp ở những chữ số đã ghi; cần ít nhất 4 chữ số có nghĩa.",
        " ".join(Message(f"mistake.{one}").in_language(VIETNAMESE) for one in ("half-missing", "ascent")),
        "Giá trị của a trùng với kết quả của cách làm này, đến 3 chữ số.",
    ]


@pytest.mark.parametrize("original", [EVERYTHING, SAID, report(BACKPROP, {**COMPLETED, "net_h1": "0.0275"})])
def test_in_english_a_report_is_what_was_said(original: Report) -> None:
    assert original.in_language(ENGLISH) == original
    assert original.in_language(VIETNAMESE).in_language(ENGLISH) == original
    assert original.in_language(VIETNAMESE).to_json() == original.to_json()


def test_a_report_of_plain_words_is_shown_as_it_was_stored() -> None:
    stored = json.loads(json.dumps(EVERYTHING.to_json()))
    assert list(sentences(Report.from_json(stored).in_language(VIETNAMESE))) == list(sentences(EVERYTHING))


def texts(stored: object) -> Iterator[str]:
    """Every text in plain values, names of keys apart."""
    if isinstance(stored, str):
        yield stored
    elif isinstance(stored, dict | list):
        for one in stored.values() if isinstance(stored, dict) else stored:
            yield from texts(one)


def test_what_is_stored_are_keys_and_values_and_no_sentences() -> None:
    stored = json.loads(json.dumps(report(BACKPROP, {**COMPLETED, "net_h1": "0.0275", "w1_new": "0.2"}).to_json()))
    assert stored["fields"]["net_h1"]["mistake"]["sentence"] == {"mistake.bias-missing": {}}
    assert [text for text in texts(stored) if " " in text] == []


def test_a_writer_writes_what_json_does_however_often(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = EVERYTHING.fields["a"]
    reports_of_a_class = [
        EVERYTHING,
        SAID,
        report(BACKPROP, {**COMPLETED, "net_h1": "0.3"}),
        replace(EVERYTHING, fields={"a": shared, 'of "another" name': shared}),
        replace(EVERYTHING, fields={}),
    ]
    writer = ReportWriter()
    for one in reports_of_a_class * 2:
        assert writer.text(one) == json.dumps(one.to_json())
    monkeypatch.setattr(reports, "MOST_KEPT", 1)
    for one in reports_of_a_class:
        assert writer.text(one) == json.dumps(one.to_json())
