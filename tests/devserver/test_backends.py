import psycopg
import redis
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker


def test_a_test_has_a_migrated_database_without_rows(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM submissions")) == 0


def test_a_test_has_an_empty_broker(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_what_the_last_test_left_in_the_broker_is_gone(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.get("left") is None


def test_the_server_speaks_utf8(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT lower('Đ'), 'Trường học'").fetchone() == ("đ", "Trường học")
