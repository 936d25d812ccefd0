"""Sums that pages and lists read instead of all submissions: kept with every change, rebuilt from the truth.

`results` has a row for each learner and exercise, `exercise_tallies` one for each exercise, `verdict_counts` one for
each verdict on a field; the last two are of practice. What still waits is in none of them: readers add it from the
queue. A transaction that stores or removes outcomes ends with one call here; the rows of `results` that it locks, in
order, make concurrent changes wait for each other, so that none is lost or counted twice.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Row, Text, bindparam, select, text
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from grader.store.submission_tables import RegradeResult, Submission

CHUNK = 2_000
"""Learners whose results are computed at once."""

_CHANGED = ", ".join(
    f"kept.{name}"
    for name in (
        "learner_id",
        "slug",
        "practised",
        "practice_graded",
        "practice_failed",
        "practice_unusable",
        "practice_grading_id",
    )
)
_LOCK = """
INSERT INTO results AS kept (learner_id, slug, client_id, learner_ref)
SELECT DISTINCT submissions.learner_id, submissions.slug, learners.client_id, learners.ref
FROM submissions JOIN learners ON learners.id = submissions.learner_id
WHERE {which}
ORDER BY submissions.learner_id, submissions.slug
ON CONFLICT (learner_id, slug) DO UPDATE SET learner_ref = excluded.learner_ref
RETURNING {changed}
"""

_BEST = (
    "(array_agg({value} ORDER BY given / nullif(max, 0) DESC NULLS LAST, submitted_at, id) FILTER (WHERE {which}))[1]"
)


def _best(value: str, which: str) -> str:
    return _BEST.format(value=value, which=which)


_IS_GRADED, _IS_PRACTICE = "grading_id IS NOT NULL", "grading_id IS NOT NULL AND assignment_id IS NULL"
_TOTALS = f"""
SELECT
    learner_id, slug, client_id, learner_ref,
    count(grading_id) AS attempts,
    max(counts_since) AS updated_at,
    {_best("id", _IS_GRADED)} AS submission_id,
    {_best("submitted_at", _IS_GRADED)} AS submitted_at,
    {_best("given", _IS_GRADED)} AS given,
    {_best("max", _IS_GRADED)} AS max,
    count(*) FILTER (WHERE {_IS_PRACTICE}) AS practice_graded,
    count(*) FILTER (WHERE is_failed AND assignment_id IS NULL AND NOT is_unusable) AS practice_failed,
    count(*) FILTER (WHERE is_failed AND assignment_id IS NULL AND is_unusable) AS practice_unusable,
    max(submitted_at) FILTER (WHERE is_failed AND assignment_id IS NULL AND NOT is_unusable) AS practice_failed_at,
    {_best("id", _IS_PRACTICE)} AS practice_submission_id,
    {_best("submitted_at", _IS_PRACTICE)} AS practice_submitted_at,
    {_best("given", _IS_PRACTICE)} AS practice_given,
    {_best("max", _IS_PRACTICE)} AS practice_max,
    {_best("grading_id", _IS_PRACTICE)} AS practice_grading_id
FROM (
    SELECT
        submissions.id, submissions.learner_id, submissions.slug, submissions.submitted_at, submissions.assignment_id,
        learners.client_id, learners.ref AS learner_ref,
        gradings.id AS grading_id, gradings.given, gradings.max,
        coalesce(gradings.counts_since, gradings.graded_at) AS counts_since,
        gradings.id IS NULL AND failures.submission_id IS NOT NULL AS is_failed,
        failures.unusable_file IS NOT NULL AS is_unusable
    FROM submissions
    JOIN learners ON learners.id = submissions.learner_id
    LEFT JOIN gradings ON gradings.submission_id = submissions.id AND gradings.counts
    LEFT JOIN failures ON failures.submission_id = submissions.id
    WHERE {{which}}
) AS outcomes
GROUP BY learner_id, slug, client_id, learner_ref
"""  # noqa: S608 - put together from the constants above

_SCORE = ("submission_id", "submitted_at", "given", "max")
_PRACTICE_SCORE = tuple(f"practice_{name}" for name in (*_SCORE, "grading_id"))
_COUNTS = ("attempts", "practice_graded", "practice_failed", "practice_unusable")
_TIMES = ("updated_at", "practice_failed_at")
_COLUMNS = (*_COUNTS, *_TIMES, *_SCORE, *_PRACTICE_SCORE)


def _better_of(names: Iterable[str], prefix: str) -> str:
    """Return the assignment of the better of the kept score and the new one, by the same order."""
    columns = ", ".join(names)
    of_each = (", ".join(f"{of}.{name}" for name in names) for of in ("kept", "new"))
    order = f"{prefix}given / nullif({prefix}max, 0) DESC NULLS LAST, {prefix}submitted_at, {prefix}submission_id"
    pairs = ", ".join(f"({values})" for values in of_each)
    return (
        f"({columns}) = (SELECT {columns} FROM (VALUES {pairs}) AS scores ({columns})"  # noqa: S608 - of the constants above
        f" WHERE {prefix}submission_id IS NOT NULL ORDER BY {order} LIMIT 1)"
    )


_ADD = f"""
UPDATE results AS kept SET {
    ", ".join(
        [
            *(f"{name} = kept.{name} + new.{name}" for name in _COUNTS),
            *(f"{name} = greatest(kept.{name}, new.{name})" for name in _TIMES),
            _better_of(_SCORE, ""),
            _better_of(_PRACTICE_SCORE, "practice_"),
        ]
    )
}
FROM ({_TOTALS.format(which="submissions.id = ANY(:ids)")}) AS new
WHERE kept.learner_id = new.learner_id AND kept.slug = new.slug
RETURNING {_CHANGED}
"""  # noqa: S608 - the same

_OF_KEYS = "(submissions.learner_id, submissions.slug) IN (SELECT * FROM unnest(:learners, :slugs))"
_REPLACE = f"""
UPDATE results AS kept SET {", ".join(f"{name} = new.{name}" for name in _COLUMNS)}
FROM ({_TOTALS.format(which=_OF_KEYS)}) AS new
WHERE kept.learner_id = new.learner_id AND kept.slug = new.slug
RETURNING {_CHANGED}
"""  # noqa: S608 - the same

_FORGET = f"""
DELETE FROM results AS kept WHERE learner_id = ANY(:learners) RETURNING {_CHANGED}
"""  # noqa: S608 - the same

_REBUILD = (
    "DELETE FROM verdict_counts",
    "DELETE FROM exercise_tallies",
    "DELETE FROM results",
    f"""INSERT INTO results ({", ".join(("learner_id", "slug", "client_id", "learner_ref", *_COLUMNS))})
    SELECT {", ".join(("learner_id", "slug", "client_id", "learner_ref", *_COLUMNS))}
    FROM ({_TOTALS.format(which="true")}) AS new
    WHERE attempts + practice_failed + practice_unusable > 0""",  # noqa: S608 - the same
    """INSERT INTO exercise_tallies (slug, learners, graded, failed, unusable)
    SELECT slug, count(*), sum(practice_graded), sum(practice_failed), sum(practice_unusable)
    FROM results WHERE practised GROUP BY slug""",
    """INSERT INTO verdict_counts (slug, field, verdict, times)
    SELECT results.slug, fields.key, fields.value ->> 'verdict', count(*)
    FROM results JOIN gradings ON gradings.id = results.practice_grading_id
    CROSS JOIN json_each(gradings.report -> 'fields') AS fields
    GROUP BY 1, 2, 3""",
)

_TALLY = """
INSERT INTO exercise_tallies AS kept (slug, learners, graded, failed, unusable)
SELECT * FROM unnest(:slugs, :learners, :graded, :failed, :unusable) ORDER BY 1
ON CONFLICT (slug) DO UPDATE SET
    learners = kept.learners + excluded.learners, graded = kept.graded + excluded.graded,
    failed = kept.failed + excluded.failed, unusable = kept.unusable + excluded.unusable
"""

_COUNT_VERDICTS = """
INSERT INTO verdict_counts AS kept (slug, field, verdict, times)
SELECT changed.slug, fields.key, fields.value ->> 'verdict', sum(changed.times)
FROM unnest(:slugs, :gradings, :times) AS changed (slug, grading_id, times)
JOIN gradings ON gradings.id = changed.grading_id
CROSS JOIN json_each(gradings.report -> 'fields') AS fields
GROUP BY 1, 2, 3
HAVING sum(changed.times) <> 0
ORDER BY 1, 2, 3
ON CONFLICT (slug, field, verdict) DO UPDATE SET times = kept.times + excluded.times
"""

_IDS = bindparam("ids", type_=ARRAY(SqlUuid))
_LEARNERS = bindparam("learners", type_=ARRAY(BigInteger))
_SLUGS = bindparam("slugs", type_=ARRAY(Text))
_LOCK_OF_IDS = text(_LOCK.format(which="submissions.id = ANY(:ids)", changed=_CHANGED)).bindparams(_IDS)
_ADD_NEW = text(_ADD).bindparams(_IDS)
_REPLACE_ALL = text(_REPLACE).bindparams(_LEARNERS, _SLUGS)
_NUMBERS = [bindparam(name, type_=ARRAY(BigInteger)) for name in ("learners", "graded", "failed", "unusable")]
_TALLY_ALL = text(_TALLY).bindparams(_SLUGS, *_NUMBERS)
_COUNT_ALL = text(_COUNT_VERDICTS).bindparams(
    _SLUGS, *(bindparam(name, type_=ARRAY(BigInteger)) for name in ("gradings", "times"))
)

Change = tuple[Row[Any] | None, Row[Any] | None]


def count_gradings(session: Session, submission_ids: Collection[UUID], waited: Collection[UUID]) -> None:
    """Count gradings that this transaction has stored.

    Submissions that waited until now had no outcome before: adding them costs the same however many others the learner has sent.
    The others were judged by another worker in the meantime, whose outcome may be there already.
    """
    fresh = [submission_id for submission_id in submission_ids if submission_id in waited]
    if fresh:
        before = session.execute(_LOCK_OF_IDS, {"ids": fresh}).all()
        _note(session, before, session.execute(_ADD_NEW, {"ids": fresh}).all())
    recount(session, [submission_id for submission_id in submission_ids if submission_id not in waited])


def recount(session: Session, submission_ids: Collection[UUID]) -> None:
    """Compute the results that these submissions belong to once more, whatever has changed in this transaction."""
    waiting = sorted(submission_ids)
    for start in range(0, len(waiting), CHUNK):
        before = session.execute(_LOCK_OF_IDS, {"ids": waiting[start : start + CHUNK]}).all()
        keys = {"learners": [row.learner_id for row in before], "slugs": [row.slug for row in before]}
        _note(session, before, session.execute(_REPLACE_ALL, keys).all())


def recount_regrade(session: Session, regrade_id: int) -> None:
    """Do the same for the submissions whose counting grading a regrade switches."""
    ours = select(RegradeResult.submission_id).where(RegradeResult.regrade_id == regrade_id)
    recount(session, session.scalars(ours.where(RegradeResult.before_id != RegradeResult.after_id)).all())


def forget(session: Session, learner_ids: Collection[int]) -> None:
    """Remove the results of learners, before their submissions are deleted, which are locked from here on."""
    theirs = select(Submission.id).where(Submission.learner_id.in_(learner_ids))
    session.execute(theirs.order_by(Submission.id).with_for_update())
    _note(session, session.execute(text(_FORGET).bindparams(_LEARNERS), {"learners": list(learner_ids)}).all(), [])


def rename(session: Session, learner_ids: Collection[int]) -> None:
    """Follow learners whose references have changed."""
    statement = """UPDATE results SET learner_ref = learners.ref FROM learners
    WHERE learners.id = results.learner_id AND learners.id = ANY(:learners)"""
    session.execute(text(statement).bindparams(_LEARNERS), {"learners": list(learner_ids)})


def rebuild(session: Session) -> None:
    """Compute everything from the submissions; grading waits in the meantime, reading does not."""
    session.execute(text("LOCK TABLE results, exercise_tallies, verdict_counts IN SHARE ROW EXCLUSIVE MODE"))
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    for statement in _REBUILD:
        session.execute(text(statement))


def _note(session: Session, before: Sequence[Row[Any]], after: Sequence[Row[Any]]) -> None:
    """Carry changes of results over to the exercises."""
    found = {(row.learner_id, row.slug): row for row in after}
    changes: list[Change] = [(row, found.get((row.learner_id, row.slug))) for row in before]
    _note_counts(session, changes)
    _note_verdicts(session, changes)


def _note_counts(session: Session, changes: Iterable[Change]) -> None:
    sums: dict[str, list[int]] = {}
    for was, now in changes:
        slug = (was or now).slug  # type: ignore[union-attr]  # one of them is there
        total = sums.setdefault(slug, [0, 0, 0, 0])
        for place, (old, new) in enumerate(zip(_numbers(was), _numbers(now), strict=True)):
            total[place] += new - old
    changed = {slug: total for slug, total in sorted(sums.items()) if any(total)}
    if changed:
        learners, graded, failed, unusable = (list(column) for column in zip(*changed.values(), strict=True))
        numbers = {"learners": learners, "graded": graded, "failed": failed, "unusable": unusable}
        session.execute(_TALLY_ALL, {"slugs": list(changed), **numbers})


def _numbers(row: Row[Any] | None) -> tuple[int, int, int, int]:
    if row is None:
        return 0, 0, 0, 0
    return int(row.practised), row.practice_graded, row.practice_failed, row.practice_unusable


def _note_verdicts(session: Session, changes: Iterable[Change]) -> None:
    moved = [
        (row.slug, row.practice_grading_id, times)
        for was, now in changes
        if _grading(was) != _grading(now)
        for row, times in ((was, -1), (now, 1))
        if row is not None and row.practice_grading_id is not None
    ]
    if moved:
        slugs, gradings, times = (list(column) for column in zip(*moved, strict=True))
        session.execute(_COUNT_ALL, {"slugs": slugs, "gradings": gradings, "times": times})


def _grading(row: Row[Any] | None) -> int | None:
    return None if row is None else row.practice_grading_id
