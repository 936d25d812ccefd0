"""How a person wants the pages to be."""

from grader.store import users
from grader.store.engine import Sessions


def prefer_language(sessions: Sessions, user_id: int, language: str) -> None:
    """Remember the language for every browser in which the person signs in."""
    with sessions.begin() as session:
        users.set_language(session, user_id, language)
