"""What became of the submissions: lost, stored or graded twice, or judged otherwise than known beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import func, select

from bench.pipelines.running import EXERCISES
from bench.pipelines.sheets import FIELDS, SLUG, is_wrong, mark, sheet
from grader.catalog.load import load_catalog
from grader.judging.answers import entries_from_json, read_answers
from grader.judging.judge import judge
from grader.judging.verdict import LETTERS, Verdict
from grader.store.database import Sessions
from grader.store.submission_tables import Grading, Learner, Submission


@dataclass(frozen=True, slots=True)
class Damage:
    """How many submissions were accepted and have no grading, exist or count twice, or have other verdicts."""

    lost: int = 0
    doubled: int = 0
    changed: int = 0

    def __add__(self, other: "Damage") -> "Damage":
        return Damage(self.lost + other.lost, self.doubled + other.doubled, self.changed + other.changed)


def damage(sessions: Sessions, prefix: str, accepted: Mapping[int, str]) -> Damage:
    """Compare what is stored for learners with this prefix with what was accepted."""
    counting = (Grading.submission_id == Submission.id) & Grading.counts
    found = (
        select(Learner.ref, Submission.id, func.array_remove(func.array_agg(Grading.verdicts), None))
        .join(Submission, Submission.learner_id == Learner.id)
        .outerjoin(Grading, counting)
        .where(Learner.ref.startswith(prefix, autoescape=True))
        .group_by(Learner.ref, Submission.id)
    )
    with sessions() as session:
        stored = {
            str(known): (int(ref.removeprefix(prefix)), verdicts) for ref, known, verdicts in session.execute(found)
        }
    counted = [len(verdicts) for _, verdicts in stored.values()]
    given = [(number, verdicts[0]) for number, verdicts in stored.values() if verdicts]
    graded = {known for known, (_, verdicts) in stored.items() if verdicts}
    twice = len(stored) - len({number for number, _ in stored.values()})
    return Damage(
        lost=sum(known not in graded for known in accepted.values()),
        doubled=twice + sum(number > 1 for number in counted),
        changed=sum(verdicts != expected(is_wrong(number)) for number, verdicts in given),
    )


@cache
def expected(wrong: bool) -> str:  # noqa: FBT001 - cached by it
    """Return the verdicts of a sheet, judged here and now, and by a book-like pass that shares nothing with the judge."""
    number = next(number for number in range(10) if is_wrong(number) is wrong)
    exercise = load_catalog(EXERCISES).find(SLUG).exercise
    (report,) = judge(exercise, [read_answers(exercise, entries_from_json(sheet(number)))])
    right = {name for name, found in report.fields.items() if found.verdict is Verdict.CORRECT and name in FIELDS}
    if right != {name for name, is_right in mark(sheet(number)).items() if is_right}:
        raise AssertionError("the judge and the simple grader disagree about the sheets")
    if LETTERS[Verdict.CORRECT] not in report.letters:
        raise AssertionError("no field of a sheet is right")
    return report.letters
