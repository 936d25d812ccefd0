"""The report: the judgement of one submission, field by field.

Its texts are messages, in English until another language is requested; stored are keys and values. Very old stored
reports contain plain text, which is shown unchanged in every language.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Self

from grader.judging.verdict import LETTERS, Verdict
from grader.judging.weights_report import RowReport, TrainedReport
from grader.messages.language import Language
from grader.messages.message import Message, from_json, in_language, to_json

UNUSABLE_FILE = "weights.unusable-file"
"""Key of the note on fields with an unusable file."""


@dataclass(frozen=True, slots=True)
class Score:
    """Points, out of at most max."""

    given: float
    max: float


@dataclass(frozen=True, slots=True)
class MistakeReport:
    """A wrong procedure that gives exactly this value.

    Attributes:
        id: in the table of mistakes.
        sentence: for the student.
        alternatives: ids of other mistakes that give the same here.
        evidence: the explained fields, in words.
    """

    id: str
    sentence: str
    alternatives: tuple[str, ...] = ()
    evidence: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "id": self.id,
            "sentence": to_json(self.sentence),
            "alternatives": self.alternatives,
            "evidence": to_json(self.evidence),
        }

    def in_language(self, language: Language) -> Self:
        """Return the same in a language."""
        sentence, evidence = in_language(self.sentence, language), in_language(self.evidence, language)
        return replace(self, sentence=sentence, evidence=evidence)


@dataclass(frozen=True, slots=True)
class FieldReport:
    """The judgement of one field.

    Attributes:
        verdict: the verdict.
        given: points earned.
        max: points available.
        expected_from: earlier fields whose entries were used, if the verdict is `follows`.
        mistake: the recognised mistake, if the verdict is `mistaken`.
        note: a further sentence for the student, if any.
        echo: LaTeX of a formula as it was read.
    """

    verdict: Verdict
    given: float
    max: float
    expected_from: tuple[str, ...] = ()
    mistake: MistakeReport | None = None
    note: str | None = None
    echo: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain values; written out for speed, since they are most of a class's gradings."""
        return {
            "verdict": self.verdict,
            "given": self.given,
            "max": self.max,
            "expected_from": self.expected_from,
            "mistake": self.mistake and self.mistake.to_json(),
            "note": None if self.note is None else to_json(self.note),
            "echo": self.echo,
        }

    def in_language(self, language: Language) -> Self:
        """Return the same in a language."""
        if self.mistake is None and self.note is None:
            return self
        note = None if self.note is None else in_language(self.note, language)
        return replace(self, mistake=self.mistake and self.mistake.in_language(language), note=note)


@dataclass(frozen=True, slots=True)
class Report:
    """The judgement of one submission.

    Attributes:
        score: the sum over all fields.
        fields: by name, in the order of the exercise.
        first_wrong: the first field in order of computation that is mistaken or wrong, if any.
        rows: the data row by row, if weights were evaluated and the data is not hidden.
        notes: sentences about the whole submission.
        trained: the overall result of weights, if they were evaluated.
    """

    score: Score
    fields: Mapping[str, FieldReport]
    first_wrong: str | None = None
    rows: tuple[RowReport, ...] = ()
    notes: tuple[str, ...] = ()
    trained: TrainedReport | None = None

    @property
    def letters(self) -> str:
        """The verdicts in short, one letter for each field."""
        return "".join([LETTERS[field.verdict] for field in self.fields.values()])

    @property
    def unusable_file(self) -> Message | None:
        """Why an uploaded file cannot be used; None if there is no such file.

        A submission with such a file is not an attempt: it gets no score, whatever else it contains.
        """
        notes = [field.note for field in self.fields.values() if isinstance(field.note, Message)]
        reasons = (note.values["reason"] for note in notes if note.key == UNUSABLE_FILE)
        return next((reason for reason in reasons if isinstance(reason, Message)), None)

    @property
    def mistakes(self) -> dict[str, str]:
        """The id of the recognised mistake, by field."""
        return {name: field.mistake.id for name, field in self.fields.items() if field.mistake}

    def to_json(self) -> dict[str, Any]:
        """Return plain values for storing and sending."""
        return {
            "score": {"given": self.score.given, "max": self.score.max},
            "first_wrong": self.first_wrong,
            "fields": {name: field.to_json() for name, field in self.fields.items()},
            "rows": [asdict(row) for row in self.rows],
            "notes": [to_json(note) for note in self.notes],
            "trained": self.trained and self.trained.to_json(),
        }

    def in_language(self, language: Language) -> Self:
        """Return the same report in a language; plain text stays unchanged."""
        return replace(
            self,
            fields={name: field.in_language(language) for name, field in self.fields.items()},
            notes=tuple(in_language(note, language) for note in self.notes),
            trained=self.trained and self.trained.in_language(language),
        )

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return the inverse of `to_json`."""
        return cls(
            score=Score(**raw["score"]),
            fields={name: _field(field) for name, field in raw["fields"].items()},
            first_wrong=raw["first_wrong"],
            rows=tuple(RowReport(**row) for row in raw["rows"]),
            notes=tuple(from_json(note) for note in raw["notes"]),
            trained=_trained(raw.get("trained")),
        )


def _field(raw: Mapping[str, Any]) -> FieldReport:
    mistake = raw["mistake"]
    return FieldReport(
        verdict=Verdict(raw["verdict"]),
        given=raw["given"],
        max=raw["max"],
        expected_from=tuple(raw["expected_from"]),
        mistake=mistake and _mistake(mistake),
        note=None if raw["note"] is None else from_json(raw["note"]),
        echo=raw.get("echo"),  # reports from before formulas existed have none
    )


def _mistake(raw: Mapping[str, Any]) -> MistakeReport:
    sentence, evidence = from_json(raw["sentence"]), from_json(raw["evidence"])
    return MistakeReport(raw["id"], sentence, tuple(raw["alternatives"]), evidence)


def _trained(raw: Mapping[str, Any] | None) -> TrainedReport | None:
    return (
        None
        if raw is None
        else TrainedReport(**{**raw, "broken": tuple(from_json(sentence) for sentence in raw["broken"])})
    )


MOST_KEPT: Final = 20_000
"""Field reports of which the JSON is kept; more are of many exercises or of a strange class."""


@dataclass(slots=True)
class ReportWriter:
    """Writes reports as `json.dumps` does; what a class shares of them, which is most, it writes once."""

    _known: dict[tuple[str, int], tuple[FieldReport, str]] = field(default_factory=dict)

    def text(self, report: Report) -> str:
        """Return the JSON of a report as text."""
        fields = ", ".join([self._field(name, one) for name, one in report.fields.items()])
        whole = json.dumps(replace(report, fields={}).to_json())
        return whole.replace('"fields": {}', f'"fields": {{{fields}}}', 1)

    def _field(self, name: str, report: FieldReport) -> str:
        known = self._known.get((name, id(report)))
        if known is not None:
            return known[1]
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        text = f"{json.dumps(name)}: {json.dumps(report.to_json())}"
        self._known[name, id(report)] = report, text  # the report is kept too, so that its id stays its own
        return text
