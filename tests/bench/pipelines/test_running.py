from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bench.pipelines.load import flood
from bench.pipelines.running import PLAIN, Start
from bench.pipelines.sheets import FIELDS, is_wrong
from grader.devserver.processes import Processes
from tests.fixtures.patience import wait_until

SHEETS = 12


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_pipeline_stores_before_it_accepts_and_grades_each_sheet_right(
    processes: Processes, empty_database_url: str, redis_url: str, tmp_path: Path, name: str
) -> None:
    url = empty_database_url.replace("+psycopg", "")
    pipeline = Start(processes, tmp_path, url, redis_url).plain(name)
    sent = flood(pipeline.door, SHEETS, 3)
    stored = sql.SQL("SELECT id::text FROM {}").format(sql.Identifier(f"{name}_submissions"))
    query = sql.SQL('SELECT submission_id::text, "right" FROM {}').format(sql.Identifier(f"{name}_gradings"))
    with psycopg.connect(url, autocommit=True) as connection:
        assert {known for (known,) in connection.execute(stored).fetchall()} == set(sent)
        wait_until(lambda: len(connection.execute(query).fetchall()) == SHEETS)
        right: dict[str, int] = dict(connection.execute(query).fetchall())
    assert right == {known: len(FIELDS) - is_wrong(one.number) for known, one in sent.items()}
