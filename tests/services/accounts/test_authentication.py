from datetime import UTC, datetime, timedelta

import pytest

from grader.services.accounts.authentication import RECENT, Principal, RecentTokens
from grader.services.errors import TokenRefused

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
WHO = Principal(1, 1, None, None, frozenset())


class Database:
    """Knows a token until it is revoked, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked, self.revoked = 0, False

    def __call__(self) -> Principal:
        self.asked += 1
        if self.revoked:
            raise TokenRefused("revoked")
        return WHO


@pytest.fixture
def database() -> Database:
    return Database()


def test_a_token_is_looked_up_once_in_a_moment(database: Database) -> None:
    tokens = RecentTokens()
    for milliseconds in range(0, 1000, 10):
        assert tokens.principal("a", NOW + timedelta(milliseconds=milliseconds), database) is WHO
    assert database.asked == 1


@pytest.mark.parametrize("later", [RECENT, timedelta(hours=1), -timedelta(microseconds=1), -timedelta(hours=1)])
def test_a_revoked_token_is_refused_a_moment_later_even_if_the_clock_was_set(
    database: Database, later: timedelta
) -> None:
    tokens = RecentTokens()
    tokens.principal("a", NOW, database)
    database.revoked = True
    assert tokens.principal("a", NOW + RECENT / 2, database) is WHO
    with pytest.raises(TokenRefused):
        tokens.principal("a", NOW + later, database)


def test_what_was_revoked_in_this_process_is_refused_at_once(database: Database) -> None:
    tokens = RecentTokens()
    tokens.principal("a", NOW, database)
    database.revoked = True
    tokens.forget()
    with pytest.raises(TokenRefused):
        tokens.principal("a", NOW, database)


def test_a_token_that_is_revoked_while_it_is_looked_up_is_not_kept(database: Database) -> None:
    tokens = RecentTokens()

    def meanwhile() -> Principal:
        known = database()
        database.revoked = True
        tokens.forget()
        return known

    assert tokens.principal("a", NOW, meanwhile) is WHO
    with pytest.raises(TokenRefused):
        tokens.principal("a", NOW, database)


def test_a_refused_token_is_looked_up_each_time(database: Database) -> None:
    tokens, database.revoked = RecentTokens(), True
    for _ in range(3):
        with pytest.raises(TokenRefused):
            tokens.principal("a", NOW, database)
    assert database.asked == 3


def test_another_token_is_another(database: Database) -> None:
    tokens = RecentTokens()
    tokens.principal("a", NOW, database)
    database.revoked = True
    with pytest.raises(TokenRefused):
        tokens.principal("b", NOW, database)
