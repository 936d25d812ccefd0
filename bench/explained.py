"""Statements as PostgreSQL executes them: their buffers, and the tables that they scan from end to end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import Error
from sqlalchemy import Engine, event

GROWS = frozenset({
    "answers", "audit", "enrolments", "failures", "gradings", "learners", "messages", "regrade_results", "results",
    "submissions", "users", "variants",
})  # fmt: skip
"""Tables that grow with history: no statement of a page may scan one of them."""

EXPLAINABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@dataclass(slots=True)
class Explained:
    """What the statements of a request did.

    Attributes:
        buffers: by statement, in order.
        scanned: growing tables that were scanned sequentially, with the rows that were read.
        lookups: how often an index was entered.
        plans: by statement.
    """

    buffers: list[int] = field(default_factory=list)
    scanned: dict[str, int] = field(default_factory=dict)
    lookups: int = 0
    plans: list[tuple[str, Any]] = field(default_factory=list)


@contextmanager
def explained(engine: Engine) -> Iterator[Explained]:
    """Explain every statement of an engine just before it is executed, in a savepoint that is rolled back."""
    found = Explained()

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's signature
        if not statement.lstrip(" (\n").upper().startswith(EXPLAINABLE):
            return
        one = parameters[0] if isinstance(parameters, list) else parameters
        driver = cursor.connection
        with driver.transaction(force_rollback=True), driver.cursor() as apart:
            try:
                row = apart.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", one).fetchone()
            except Error as error:
                raise RuntimeError(f"cannot explain: {statement}") from error
        plan = row[0][0]["Plan"]
        found.plans.append((statement, row[0][0]))
        found.buffers.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
        _note_scans(plan, found.scanned)
        found.lookups += _lookups(plan)

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", explain)


def _lookups(plan: dict[str, Any]) -> int:
    entered = int(plan["Actual Loops"]) if "Index Cond" in plan else 0
    return entered + sum(map(_lookups, plan.get("Plans", ())))


def _note_scans(plan: dict[str, Any], scanned: dict[str, int]) -> None:
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in GROWS and plan["Actual Loops"]:
        rows = round(plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
        scanned[plan["Relation Name"]] = max(scanned.get(plan["Relation Name"], 0), int(rows))
    for below in plan.get("Plans", ()):
        _note_scans(below, scanned)
