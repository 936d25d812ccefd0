"""Everything stored about one person as one JSON document; docs/exports.md describes its schema."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from grader.catalog.load import Catalog
from grader.judging.policy import EVERYTHING, redact_report
from grader.judging.report import Report
from grader.services.assignments.assignments import find_assignment
from grader.services.assignments.marks import mark_of, max_points_of
from grader.services.errors import UnknownPerson
from grader.services.json_stream import document
from grader.services.submissions.visibility import visibility_at
from grader.store import personal_data as stored
from grader.store import regrades, tables
from grader.store.personal_data import rows_of_person
from grader.store.submission_tables import AuditEntry, Draft, Variant

FORMAT, VERSION = "nn-grader/person", 1
CONFIDENTIAL = frozenset({"reason"})
"""Fields of an extension that are notes of the staff."""


def personal_data(
    session: Session, catalog: Catalog, user_id: int, now: datetime, *, is_own: bool = False
) -> Iterator[str]:
    """Yield the JSON of everything about a person.

    In a person's own export, marks and reports that an assignment does not show yet are omitted and marked as withheld,
    so that an export does not reveal a solution early. It also omits given values of assignments that are not open yet,
    gradings that a regrade only proposes, and notes of the staff.

    Raises:
        UnknownPerson: there is no such person.
    """
    account = next(rows_of_person(session, tables.User, user_id), None)
    if account is None:
        raise UnknownPerson("This person does not exist.")
    return document(_parts(_Asked(session, catalog, user_id, now, is_own), account))


class _Asked:
    """The request: whose data, by whom, when."""

    def __init__(self, session: Session, catalog: Catalog, user_id: int, now: datetime, is_own: bool) -> None:  # noqa: FBT001 - passed by keyword by the only caller
        self.session, self.catalog, self.user_id, self.now, self.is_own = session, catalog, user_id, now, is_own

    def shown(self, assignment_id: int | None) -> Any:
        if assignment_id is None or not self.is_own:
            return EVERYTHING
        return visibility_at(self.session, assignment_id, self.user_id, self.now)


def _parts(asked: _Asked, account: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    session, user_id = asked.session, asked.user_id
    yield "format", FORMAT
    yield "version", VERSION
    yield "exported_at", asked.now.isoformat()
    yield "account", account
    yield "identities", rows_of_person(session, tables.ExternalIdentity, user_id)
    yield "courses", stored.courses_of_person(session, user_id)
    yield "marks", _marks(asked)
    yield "submissions", _submissions(asked)
    yield "files", _files(session, user_id)
    yield "given_values", _given_values(asked)
    yield "drafts", rows_of_person(session, Draft, user_id)
    confidential = CONFIDENTIAL if asked.is_own else frozenset[str]()
    yield "allowances", rows_of_person(session, tables.Allowance, user_id, without=confidential)
    yield "mark_overrides", _overrides(asked)
    yield "messages", rows_of_person(session, tables.StudentMessage, user_id)
    yield "sessions", rows_of_person(session, tables.BrowserSession, user_id)
    yield "sign_in_links", rows_of_person(session, tables.SignInLink, user_id)
    yield "reset_requests", rows_of_person(session, tables.ResetRequest, user_id)
    yield "tokens", rows_of_person(session, tables.Token, user_id)
    yield "audit", _audit(asked)


def _marks(asked: _Asked) -> Iterator[dict[str, Any]]:
    """Yield the mark at each assignment that the person submitted to or is set."""
    for assignment_id in stored.assignments_of_person(asked.session, asked.user_id):
        assignment = find_assignment(asked.session, assignment_id)
        said = {"assignment_id": assignment.id, "title": assignment.title, "course": assignment.course}
        if not asked.shown(assignment.id).marks:
            yield {**said, "withheld": True}
            continue
        worth = max_points_of(asked.session, asked.catalog, assignment)
        made = mark_of(asked.session, assignment, worth, asked.user_id).mark
        yield {
            **said,
            "points": made.points,
            "of": made.of,
            "late_days": made.late_days,
            "set_by_hand": made.overridden,
        }


def _given_values(asked: _Asked) -> Iterator[dict[str, Any]]:
    for row in rows_of_person(asked.session, Variant, asked.user_id):
        is_told = not asked.is_own or _is_open(asked, row["assignment_id"])
        yield row if is_told else {"id": row["id"], "assignment_id": row["assignment_id"], "withheld": True}


def _is_open(asked: _Asked, assignment_id: int | None) -> bool:
    if assignment_id is None:
        return True
    opens_at = find_assignment(asked.session, assignment_id).opens_at
    return opens_at is None or opens_at <= asked.now


def _submissions(asked: _Asked) -> Iterator[dict[str, Any]]:
    shown: dict[int | None, Any] = {}
    proposed = regrades.only_proposed(asked.session, asked.user_id) if asked.is_own else set[int]()
    for sent in stored.submissions_of_person(asked.session, asked.user_id):
        place = sent["assignment_id"]
        if place not in shown:
            shown[place] = asked.shown(place)
        told = [one for one in sent["gradings"] if one["id"] not in proposed]
        yield {**sent, "gradings": [graded for one in told if (graded := _graded(one, shown[place]))]}


def _graded(grading: dict[str, Any], shown: Any) -> dict[str, Any] | None:
    """Return a grading as far as it may be shown, or that it is withheld."""
    if shown == EVERYTHING:
        return grading
    report = redact_report(Report.from_json(grading["report"]), shown)
    if report is None:
        return {"id": grading["id"], "withheld": True}
    kept = {name: value for name, value in grading.items() if name not in {"mistakes", "verdicts"}}
    return {**kept, "report": report.to_json()}


def _overrides(asked: _Asked) -> Iterator[dict[str, Any]]:
    for row in rows_of_person(asked.session, tables.MarkOverride, asked.user_id):
        if asked.shown(row["assignment_id"]).marks:
            yield row


def _audit(asked: _Asked) -> Iterator[dict[str, Any]]:
    """Yield actions by and on the person; entries about marks reveal no more than the marks."""
    for row in rows_of_person(asked.session, AuditEntry, asked.user_id):
        is_told = row["subject_id"] != asked.user_id or asked.shown(row["assignment_id"]).marks
        yield row if is_told else {**row, "detail": {}, "withheld": True}


def _files(session: Session, user_id: int) -> Iterator[dict[str, Any]]:
    """Yield the person's files, each once, one in memory at a time."""
    for sha256, content in stored.files_of_person(session, user_id):
        yield {"sha256": sha256, "base64": b64encode(content).decode()}
