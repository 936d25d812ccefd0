from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from grader.services.secret import Secret, new_secret
from grader.store import links
from grader.store.links import Purpose


def make_link(session: Session, user_id: int, purpose: Purpose, now: datetime, lifetime: timedelta) -> Secret:
    """Make a link that signs this user in, once; its text is given out now and never again.

    Of those that lead to setting a password only the newest works.
    """
    secret = new_secret()
    if purpose is Purpose.RESET:
        links.withdraw(session, user_id, Purpose.RESET)
    row: dict[str, object] = {
        "token_sha256": secret.sha256,
        "user_id": user_id,
        "created_at": now,
        "expires_at": now + lifetime,
        "purpose": purpose.value,
    }
    links.add(session, row)
    return secret
