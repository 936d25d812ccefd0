from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from grader.store import migrate
from grader.store.database import Sessions, connect
from grader.store.migrate import SchemaState, UnknownMigration, configuration, downgrade, losses, schema_state, upgrade

pytestmark = pytest.mark.long


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(configuration()).get_heads()) == 1


def test_tables_in_code_and_in_the_database_are_the_same(database_url: str) -> None:
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        command.check(configuration(connection))


def test_a_migrated_database_is_current_and_an_empty_one_is_not(sessions: Sessions, empty_database_url: str) -> None:
    with sessions() as session:
        assert schema_state(session) is SchemaState.CURRENT
    with _at(empty_database_url) as session:
        assert schema_state(session) is SchemaState.OLDER


def test_two_migrators_at_once_do_no_harm(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, [empty_database_url] * 4))
    with _at(empty_database_url) as session:
        assert schema_state(session) is SchemaState.CURRENT
        assert session.scalar(text("SELECT count(*) FROM clients")) == 1


def test_what_was_migrated_can_be_taken_back(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(empty_database_url, poolclass=NullPool)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


def _as_seen_by_an_older_program(monkeypatch: pytest.MonkeyPatch, newest: str) -> None:
    known = migrate._known()
    older = known[known.index(newest) :]
    monkeypatch.setattr(migrate, "_known", lambda: older)


def test_an_older_program_works_with_a_schema_that_says_so(
    sessions: Sessions, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(database_url)
    _as_seen_by_an_older_program(monkeypatch, "0011")
    with sessions.begin() as session:
        session.execute(text("UPDATE schema_support SET oldest_program = '0011'"))
        assert schema_state(session) is SchemaState.NEWER
    assert upgrade(database_url) is SchemaState.NEWER
    with sessions.begin() as session:
        session.execute(text("UPDATE schema_support SET oldest_program = '0012'"))
        assert schema_state(session) is SchemaState.TOO_NEW
    assert upgrade(database_url) is SchemaState.TOO_NEW


def test_the_oldest_program_is_that_of_the_last_migration_that_contracts(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    scripts = [script.module for script in ScriptDirectory.from_config(configuration()).walk_revisions()]
    with _at(empty_database_url) as session:
        stored = session.scalar(text("SELECT oldest_program FROM schema_support"))
    assert stored == max(getattr(script, "oldest_program", script.revision) for script in scripts)


def test_a_downgrade_tells_what_it_loses_and_can_be_upgraded_again(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    lost = losses(empty_database_url, "0009")
    assert list(lost)[-3:] == ["0012", "0011", "0010"]
    assert lost["0010"] == "sums for overviews; a later upgrade computes them again"
    downgrade(empty_database_url, "0009")
    with _at(empty_database_url) as session:
        assert schema_state(session) is SchemaState.OLDER
    upgrade(empty_database_url)
    with _at(empty_database_url) as session:
        assert schema_state(session) is SchemaState.CURRENT


@pytest.mark.parametrize("revision", ["9999", "", "head", "0012; DROP"])
def test_a_downgrade_to_no_migration_changes_nothing(database_url: str, sessions: Sessions, revision: str) -> None:
    with pytest.raises(UnknownMigration, match="is not a migration of this database"):
        downgrade(database_url, revision)
    with sessions() as session:
        assert schema_state(session) is SchemaState.CURRENT


def test_references_that_several_learners_share_survive_the_way_back_and_forth(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(empty_database_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(SHARED))
        command.downgrade(configuration(connection), "0005")
        told = connection.scalars(text("SELECT client_ref FROM submissions ORDER BY submitted_at")).all()
    assert told[0] == "attempt-1"
    assert sorted(told[1:]) == ["attempt-1 (learner 2)", "attempt-1 (learner 3)"]
    upgrade(empty_database_url)
    with _at(empty_database_url) as session:
        assert schema_state(session) is SchemaState.CURRENT


SHARED = """
    INSERT INTO learners (client_id, ref) SELECT 1, 'learner ' || n FROM generate_series(1, 3) n;
    INSERT INTO revisions (revision, slug, title, source, created_at) VALUES ('r', 'and-gate', 'AND', '{}', now());
    INSERT INTO submissions (id, learner_id, slug, revision, answers, submitted_at, client_id, client_ref)
    SELECT gen_random_uuid(), n, 'and-gate', 'r', '{}', now() + n * interval '1 s', 1, 'attempt-1'
    FROM generate_series(1, 3) n;
"""


def _at(url: str) -> Session:
    return Session(create_engine(url, poolclass=NullPool))


def test_with_a_pooler_the_options_of_sessions_are_those_of_the_role(empty_database_url: str) -> None:
    upgrade(empty_database_url, pooled=True)
    pooled = connect(empty_database_url, pooled=True)
    with pooled() as session:
        shown = [session.scalar(text(f"SHOW {name}")) for name in ("timezone", "work_mem", "random_page_cost")]
    pooled.kw["bind"].dispose()
    assert shown == ["UTC", "16MB", "1.1"]
