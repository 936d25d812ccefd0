from datetime import timedelta

import pytest
from sqlalchemy import select, update

from grader.services.accounts.authentication import Principal, Scope, Secret, authenticate_token
from grader.services.accounts.registration import Person, register
from grader.services.accounts.tokens import TOKEN_PREFIX, TokenRequest, create_token
from grader.services.errors import TokenRefused, UnknownScope, UnknownUser
from grader.store import accounts
from grader.store.accounts import ensure_client
from grader.store.database import Sessions
from grader.store.tables import Token, User
from tests.fixtures.course import Clock

DAY = timedelta(days=1)
LMS = TokenRequest("the LMS", "lms", [Scope.SUBMIT, Scope.READ], DAY)
OWN = TokenRequest("my own", "web", [Scope.READ], DAY, email="An@example.org")


def test_a_clients_token_speaks_for_the_client(sessions: Sessions, clock: Clock) -> None:
    caller = _who(sessions, create_token(sessions, LMS, clock()), clock)
    with sessions.begin() as session:
        assert caller.client_id == ensure_client(session, "lms")
    assert caller.scopes == {"submit", "read"}
    assert caller.user_id is None
    assert caller.learner_ref is None


def test_a_students_own_token_reaches_only_that_learner(sessions: Sessions, clock: Clock, web: int) -> None:
    an = register(sessions, Person("an@example.org", "An"), clock())
    caller = _who(sessions, create_token(sessions, OWN, clock()), clock)
    assert (caller.client_id, caller.user_id, caller.learner_ref) == (web, an, "an@example.org")


def test_only_the_hash_of_a_token_is_stored(sessions: Sessions, clock: Clock) -> None:
    secret = create_token(sessions, LMS, clock())
    with sessions() as session:
        assert session.scalars(select(Token.sha256)).one() == secret.sha256
    assert secret.plain.startswith(TOKEN_PREFIX)


def test_an_expired_a_revoked_and_an_unknown_token_are_refused(sessions: Sessions, clock: Clock) -> None:
    revoked, expired = create_token(sessions, LMS, clock()), create_token(sessions, LMS, clock())
    with sessions.begin() as session:
        accounts.revoke_token(session, _who(sessions, revoked, clock).token_id, clock())
    _refused(sessions, revoked, clock)
    _refused(sessions, Secret("something else \ud800"), clock)
    assert _who(sessions, expired, clock).scopes
    clock.advance(DAY.total_seconds())
    _refused(sessions, expired, clock)


def test_a_disabled_students_token_is_refused(sessions: Sessions, clock: Clock) -> None:
    register(sessions, Person("an@example.org", "An"), clock())
    secret = create_token(sessions, OWN, clock())
    with sessions.begin() as session:
        session.execute(update(User).values(disabled_at=clock()))
    _refused(sessions, secret, clock)


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "write"]])
def test_a_token_needs_scopes_that_exist(sessions: Sessions, clock: Clock, scopes: list[str]) -> None:
    with pytest.raises(UnknownScope):
        create_token(sessions, TokenRequest("x", "lms", scopes, DAY), clock())


def test_who_is_not_registered_gets_no_token(sessions: Sessions, clock: Clock) -> None:
    with pytest.raises(UnknownUser):
        create_token(sessions, OWN, clock())
    with sessions() as session:
        assert session.scalars(select(Token)).all() == []


def _who(sessions: Sessions, secret: Secret, clock: Clock) -> Principal:
    with sessions() as session:
        return authenticate_token(session, secret.plain, clock())


def _refused(sessions: Sessions, secret: Secret, clock: Clock) -> None:
    with pytest.raises(TokenRefused):
        _who(sessions, secret, clock)
