from datetime import datetime, timedelta
from typing import Final

from grader.services.errors import UnusableEmail
from grader.services.register import normal_email
from grader.store import reset_requests
from grader.store.engine import Sessions

AGAIN_AFTER: Final = timedelta(minutes=5)
"""Who asks twice at once gets one mail: the first link would not work any more when it is opened."""


def ask_reset(sessions: Sessions, email: str, language: str, now: datetime) -> None:
    """Note that somebody wants a link to set a password. Whether there is such a person is not told, and takes no time.

    What is no e-mail is nobody's.
    """
    try:
        wanted = normal_email(email)
    except UnusableEmail:
        return
    with sessions.begin() as session:
        reset_requests.ask(session, wanted, language, now, asked_before=now - AGAIN_AFTER)
