from sqlalchemy.orm import Session, sessionmaker

from grader.services.accounts.authentication import SignedIn
from grader.services.accounts.registration import Person, prefer_language, register
from grader.store import accounts
from grader.vocabulary import Role
from tests.fixtures.course import Clock


def test_a_chosen_language_is_remembered_and_can_be_chosen_anew(sessions: sessionmaker[Session], clock: Clock) -> None:
    an = register(sessions, Person("an@example.org", "An"), clock())
    who = SignedIn(an, "an@example.org", "An", Role.STUDENT)
    for chosen in ("vi", "en"):
        prefer_language(sessions, who, chosen)
        with sessions() as session:
            user = accounts.user_by_email(session, "an@example.org")
            assert user is not None
            assert user.language == chosen
