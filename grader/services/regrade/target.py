from typing import Any

from sqlalchemy import Row

from grader.checking.judge import JUDGE_VERSION
from grader.store.regrades import RegradeState
from grader.store.regrading import Target


def target_of(row: Row[*tuple[Any, ...]]) -> Target:
    """By what a regrade has everything judged; where it is rolled back, by what was so before."""
    is_way_back = row.state == RegradeState.ROLLING_BACK
    return Target(
        regrade_id=row.id,
        assignment_id=row.assignment_id,
        judge_version=JUDGE_VERSION if is_way_back else row.judge_version,
        revision=None if is_way_back else row.revision,
        overrides=row.before["overrides"] if is_way_back else row.overrides,
        overrides_key=row.before["overrides_key"] if is_way_back else row.overrides_key,
        is_way_back=is_way_back,
    )
