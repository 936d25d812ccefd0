from concurrent.futures import ThreadPoolExecutor

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from grader.store.engine import Sessions
from grader.store.migrate import configuration, upgrade
from grader.store.migrated import is_current


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(configuration()).get_heads()) == 1


def test_tables_in_code_and_in_the_database_are_the_same(database_url: str) -> None:
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        command.check(configuration(connection))


def test_a_migrated_database_is_current_and_an_empty_one_is_not(sessions: Sessions, empty_database_url: str) -> None:
    with sessions() as session:
        assert is_current(session)
    with _at(empty_database_url) as session:
        assert not is_current(session)


def test_two_migrators_at_once_do_no_harm(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, [empty_database_url] * 4))
    with _at(empty_database_url) as session:
        assert is_current(session)
        assert session.scalar(text("SELECT count(*) FROM clients")) == 1


def test_what_was_migrated_can_be_taken_back(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(empty_database_url, poolclass=NullPool)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


def _at(url: str) -> Session:
    return Session(create_engine(url, poolclass=NullPool))
