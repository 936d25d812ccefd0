"""The report: the judgement of one submission, field by field."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from grader.checking.trained import RowReport, TrainedReport
from grader.checking.verdict import LETTERS, Verdict


@dataclass(frozen=True, slots=True)
class Score:
    """Points given, of at most max."""

    given: float
    max: float


@dataclass(frozen=True, slots=True)
class MistakeReport:
    """A wrong procedure that gives just this value.

    Attributes:
        id: of the table of mistakes.
        sentence: what the student reads.
        alternatives: ids of other mistakes that give the same here.
        evidence: the fields that it explains, in words.
    """

    id: str
    sentence: str
    alternatives: tuple[str, ...] = ()
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class FieldReport:
    """The judgement of one field.

    Attributes:
        verdict: the word.
        given: points given.
        max: points that there are.
        expected_from: earlier fields whose entered values were used, where the verdict is `follows`.
        mistake: the recognised mistake, where the verdict is `mistaken`.
        note: a sentence for the student, where there is something to add.
        echo: LaTeX of what was typed, as it was read; for formulas.
    """

    verdict: Verdict
    given: float
    max: float
    expected_from: tuple[str, ...] = ()
    mistake: MistakeReport | None = None
    note: str | None = None
    echo: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values; written out, since most of a class's gradings is made of these."""
        return {
            "verdict": self.verdict,
            "given": self.given,
            "max": self.max,
            "expected_from": self.expected_from,
            "mistake": self.mistake and asdict(self.mistake),
            "note": self.note,
            "echo": self.echo,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The judgement of one submission.

    Attributes:
        score: the sum over all fields.
        fields: by name, in the order of the exercise.
        first_wrong: the first field in the order of the computation that is mistaken or wrong, if any.
        rows: the data row by row, where weights were tried and the data is not hidden.
        notes: sentences about the whole.
        trained: what the weights do on the whole, where weights were tried.
    """

    score: Score
    fields: Mapping[str, FieldReport]
    first_wrong: str | None = None
    rows: tuple[RowReport, ...] = ()
    notes: tuple[str, ...] = ()
    trained: TrainedReport | None = None

    @property
    def letters(self) -> str:
        """The verdicts in short, a letter for each field."""
        return "".join([LETTERS[field.verdict] for field in self.fields.values()])

    @property
    def mistakes(self) -> dict[str, str]:
        """The id of the recognised mistake, by field that has one."""
        return {name: field.mistake.id for name, field in self.fields.items() if field.mistake}

    def to_json(self) -> dict[str, Any]:
        """Plain values for storing and sending."""
        return {
            "score": asdict(self.score),
            "first_wrong": self.first_wrong,
            "fields": {name: field.to_json() for name, field in self.fields.items()},
            "rows": [asdict(row) for row in self.rows],
            "notes": list(self.notes),
            "trained": self.trained and asdict(self.trained),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`."""
        return cls(
            score=Score(**raw["score"]),
            fields={name: _field(field) for name, field in raw["fields"].items()},
            first_wrong=raw["first_wrong"],
            rows=tuple(RowReport(**row) for row in raw["rows"]),
            notes=tuple(raw["notes"]),
            trained=_trained(raw.get("trained")),
        )


def _field(raw: Mapping[str, Any]) -> FieldReport:
    mistake = raw["mistake"]
    return FieldReport(
        verdict=Verdict(raw["verdict"]),
        given=raw["given"],
        max=raw["max"],
        expected_from=tuple(raw["expected_from"]),
        mistake=mistake and MistakeReport(**{**mistake, "alternatives": tuple(mistake["alternatives"])}),
        note=raw["note"],
        echo=raw.get("echo"),  # reports that were stored before there were formulas have none
    )


def _trained(raw: Mapping[str, Any] | None) -> TrainedReport | None:
    return None if raw is None else TrainedReport(**{**raw, "broken": tuple(raw["broken"])})
