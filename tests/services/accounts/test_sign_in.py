from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select, update

from grader.judging.errors import GraderError
from grader.services.accounts import passwords
from grader.services.accounts.authentication import Secret, SignedIn, authenticate_session
from grader.services.accounts.passwords import Turns
from grader.services.accounts.registration import Person, register
from grader.services.accounts.sign_in import Browser, Credentials, sign_in, sign_in_by_link, sign_out
from grader.services.accounts.tokens import create_sign_in_link
from grader.services.errors import (
    EmailTaken,
    LinkRefused,
    SignInBusy,
    SignInRefused,
    UnknownUser,
    UnusableEmail,
    WeakPassword,
)
from grader.store.database import Sessions
from grader.store.tables import BrowserSession, User
from grader.vocabulary import Role
from tests.fixtures.course import Clock

DAY = timedelta(days=1)
AN = Person(" An@Example.ORG ", "An", Role.INSTRUCTOR, "correct horse")
TYPED = Credentials("an@example.org", "correct horse")


@pytest.fixture
def an(sessions: Sessions, clock: Clock) -> int:
    return register(sessions, AN, clock())


def test_who_knows_the_password_signs_in(sessions: Sessions, an: int, clock: Clock) -> None:
    secret = sign_in(sessions, Credentials(" AN@example.org", "correct horse"), Browser(DAY), clock())
    assert _who(sessions, secret, clock) == SignedIn(an, "an@example.org", "An", Role.INSTRUCTOR)


@pytest.mark.usefixtures("an")
@pytest.mark.parametrize(
    "typed",
    [
        Credentials("an@example.org", "correct horsE"),
        Credentials("an@example.org", ""),
        Credentials("an@example.org", "\ud800"),
        Credentials("binh@example.org", "correct horse"),
        Credentials("an", "correct horse"),
        Credentials("\x00@example.org", "correct horse"),
    ],
)
def test_all_others_are_refused_in_the_same_words(sessions: Sessions, clock: Clock, typed: Credentials) -> None:
    with pytest.raises(SignInRefused, match="is incorrect"):
        sign_in(sessions, typed, Browser(DAY), clock())


def test_a_sign_in_costs_one_hash_whoever_is_named(
    sessions: Sessions, an: int, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, so that no machine's speed matters: nothing but the hash takes long."""
    register(sessions, Person("disabled@example.org", "Dung", password="correct horse"), clock())
    register(sessions, Person("by-link@example.org", "Chi"), clock())
    with sessions.begin() as session:
        session.execute(update(User).where(User.email == "disabled@example.org").values(disabled_at=clock()))
    verified: list[str] = []
    monkeypatch.setattr(passwords, "_hasher", _Hasher(verified))
    passwords._nobodys_hash.cache_clear()
    costs = {}
    for email in (
        "an@example.org",
        "disabled@example.org",
        "by-link@example.org",
        "nobody@example.org",
        "no e-mail",
        "",
    ):
        for password in ("wrong", "", "x" * 100_000):
            verified.clear()
            with pytest.raises(SignInRefused):
                sign_in(sessions, Credentials(email, password), Browser(DAY), clock())
            costs[email, password[:5]] = len(verified)
    passwords._nobodys_hash.cache_clear()
    assert an
    assert set(costs.values()) == {1}


class _Hasher:
    """Notes what is verified."""

    def __init__(self, verified: list[str]) -> None:
        self._verified = verified

    def hash(self, _password: str) -> str:
        return "nobody's"

    def verify(self, stored: str, _password: bytes) -> bool:
        self._verified.append(stored)
        raise VerifyMismatchError


@pytest.mark.long
def test_a_password_is_stored_as_argon2id_with_64_mib(
    sessions: Sessions, cheap_passwords: PasswordHasher, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", cheap_passwords)
    user_id = register(sessions, AN, clock())
    with sessions() as session:
        stored = str(session.scalars(select(User.password_hash).where(User.id == user_id)).one())
    assert stored.startswith("$argon2id$")
    costs = extract_parameters(stored)
    assert (costs.memory_cost, costs.time_cost, costs.parallelism) == (64 * 1024, 3, 4)
    assert _who(sessions, sign_in(sessions, TYPED, Browser(DAY), clock()), clock) is not None


@pytest.mark.usefixtures("an")
def test_no_more_than_two_passwords_are_checked_at_once(
    sessions: Sessions, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_turns", Turns(1, 0, 0.01))
    with passwords._one_hash():
        with pytest.raises(SignInBusy):
            sign_in(sessions, TYPED, Browser(DAY), clock())
        with pytest.raises(SignInBusy):
            passwords.hash_password("long enough")
    sign_in(sessions, TYPED, Browser(DAY), clock())
    assert passwords.AT_ONCE == 2


def test_a_session_ends_with_its_time_or_by_signing_out(sessions: Sessions, an: int, clock: Clock) -> None:
    first, second = (sign_in(sessions, TYPED, Browser(DAY), clock()) for _ in range(2))
    sign_out(sessions, first.plain, clock())
    sign_out(sessions, "something else", clock())
    assert _who(sessions, first, clock) is None
    assert _who(sessions, second, clock) is not None
    clock.advance(DAY.total_seconds())
    assert _who(sessions, second, clock) is None
    assert an


def test_only_the_hash_of_a_session_is_stored(sessions: Sessions, an: int, clock: Clock) -> None:
    secret = sign_in(sessions, TYPED, Browser(DAY), clock())
    with sessions() as session:
        row = session.scalars(select(BrowserSession)).one()
    assert (row.user_id, row.token_sha256) == (an, secret.sha256)
    assert len(secret.plain) >= 43
    assert secret.plain not in repr(secret)


def test_a_disabled_user_is_out_at_once(sessions: Sessions, an: int, clock: Clock) -> None:
    secret = sign_in(sessions, TYPED, Browser(DAY), clock())
    link = create_sign_in_link(sessions, TYPED.email, clock(), DAY)
    with sessions.begin() as session:
        session.execute(update(User).where(User.id == an).values(disabled_at=clock()))
    assert _who(sessions, secret, clock) is None
    with pytest.raises(SignInRefused):
        sign_in(sessions, TYPED, Browser(DAY), clock())
    with pytest.raises(LinkRefused):
        sign_in_by_link(sessions, link.plain, Browser(DAY), clock())


@pytest.mark.usefixtures("an")
def test_a_link_signs_in_once_also_when_opened_twice_at_once(sessions: Sessions, clock: Clock) -> None:
    link = create_sign_in_link(sessions, "AN@example.org", clock(), DAY)

    def open_it(_: int) -> bool:
        try:
            return _who(sessions, sign_in_by_link(sessions, link.plain, Browser(DAY), clock()).token, clock) is not None
        except LinkRefused:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(open_it, range(12))) == 1


@pytest.mark.usefixtures("an")
def test_a_link_that_is_old_or_was_never_given_out_is_refused(sessions: Sessions, clock: Clock) -> None:
    link = create_sign_in_link(sessions, TYPED.email, clock(), DAY)
    clock.advance(DAY.total_seconds())
    for plain in (link.plain, "something else"):
        with pytest.raises(LinkRefused):
            sign_in_by_link(sessions, plain, Browser(DAY), clock())


def test_who_is_not_registered_gets_no_link(sessions: Sessions, clock: Clock) -> None:
    with pytest.raises(UnknownUser):
        create_sign_in_link(sessions, "nobody@example.org", clock(), DAY)


@pytest.mark.usefixtures("an")
@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        (Person("AN@example.org", "Another"), EmailTaken),
        (Person("binh", "Binh"), UnusableEmail),
        (Person("@example.org", "Binh"), UnusableEmail),
        (Person("b inh@example.org", "Binh"), UnusableEmail),
        (Person("b\x00@example.org", "Binh"), UnusableEmail),
        (Person("b" * 250 + "@example.org", "Binh"), UnusableEmail),
        (Person("binh@example.org", "Binh", password="seven77"), WeakPassword),
        (Person("binh@example.org", "Binh", password="x" * 1025), WeakPassword),
    ],
)
def test_who_cannot_be_registered_is_told_why(
    sessions: Sessions, clock: Clock, person: Person, refusal: type[GraderError]
) -> None:
    with pytest.raises(refusal):
        register(sessions, person, clock())


def test_who_has_no_password_cannot_sign_in_with_one(sessions: Sessions, clock: Clock) -> None:
    register(sessions, Person("binh@example.org", ""), clock())
    with pytest.raises(SignInRefused):
        sign_in(sessions, Credentials("binh@example.org", ""), Browser(DAY), clock())


def _who(sessions: Sessions, secret: Secret, clock: Clock) -> SignedIn | None:
    return authenticate_session(sessions, secret.plain, clock())
