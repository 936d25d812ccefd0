from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from grader.services.analysis.alike import Group, groups
from grader.services.analysis.fields import FieldTally, tally
from grader.services.analysis.mistakes import MistakeTally, commonest
from grader.services.analysis.progress import Progress, progress
from grader.services.analysis.spread import Bin, Spread, histogram, spread
from grader.services.analysis.timeline import Span, timeline
from grader.services.analysis.tries import Tries, tries
from grader.services.analysis.work import Which
from grader.services.classwork import Classwork


@dataclass(frozen=True, slots=True)
class Analysis:
    """What an instructor sees of an assignment; every figure of it is made from the same reading.

    Attributes:
        of: the most points that there are.
        marks: the spread of all marks; None where there is none.
        bins: how often each mark is, rounded.
        fields: in the order of the exercise, from one attempt a student.
        looked_at: from how many attempts they are.
        mistakes: over all attempts.
        groups: unexplained wrong answers that several students share.
        spans: when submissions were sent.
        newest: when the last one was.
    """

    progress: Progress
    of: float
    marks: Spread | None
    bins: tuple[Bin, ...]
    fields: tuple[FieldTally, ...]
    looked_at: int
    mistakes: tuple[MistakeTally, ...]
    groups: tuple[Group, ...]
    spans: tuple[Span, ...]
    tries: Tries
    newest: datetime | None


def analyse(classwork: Classwork, which: Which) -> Analysis:
    """Make every figure.

    Args:
        classwork: what the class has done.
        which: the attempt of each student that the fields are judged by.
    """
    assignment, exercise, works = classwork.assignment, classwork.exercise, classwork.works
    of = exercise.max_points if assignment.policy.points is None else assignment.policy.points
    marks = [work.mark.points for work in works if work.mark.points is not None]
    letters = [work.verdicts[place] for work in works if (place := work.chosen(which)) is not None]
    sent_at = [one.sent_at for work in works for one in work.attempts]
    newest = max(sent_at, default=None)
    end = max(filter(None, (newest, assignment.due_at)), default=None)
    return Analysis(
        progress=progress(works, classwork.drafting),
        of=of,
        marks=spread(marks),
        bins=histogram(marks, of) if of else (),
        fields=tally(exercise, letters),
        looked_at=len(letters),
        mistakes=commonest(works, order_of(classwork)),
        groups=groups(classwork.wrongs),
        spans=timeline(sent_at, end, ZoneInfo(assignment.time_zone)) if end else (),
        tries=tries(works),
        newest=newest,
    )


def order_of(classwork: Classwork) -> tuple[str, ...]:
    """Names of the fields as the computation runs, then those that are no part of it."""
    exercise = classwork.exercise
    return tuple(dict.fromkeys((*exercise.steps, *exercise.field_names)))


def labels_of(classwork: Classwork) -> Mapping[str, str]:
    """LaTeX of the fields, by name."""
    return {field.name: field.label for field in classwork.exercise.fields}
