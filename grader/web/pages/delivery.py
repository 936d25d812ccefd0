"""Where answers go: the address of the form, and of the draft of what is typed into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask import request, url_for

from grader.checking.answers import Entry
from grader.services.authenticate import SignedIn
from grader.weightfiles.limits import MOST_BYTES

Texts = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the page's form and scripts need to send answers, and to lose none.

    Attributes:
        action: where the form is sent.
        draft: where drafts are kept and found.
        key: the place in the browser's storage, for when there is no server to reach.
        sign_in: where to sign in and come back from.
        word: of the button.
        saved_at: when the draft that fills the fields was saved; None where none does.
        nonce: of this form, so that it is sent once.
        most_bytes: of a file.
    """

    action: str
    draft: str
    key: str
    sign_in: str
    word: str
    saved_at: datetime | None
    nonce: str
    most_bytes: int = MOST_BYTES


def delivery_of(
    who: SignedIn, place: str, addresses: tuple[str, str], word: str, saved_at: datetime | None
) -> Delivery:
    """Say where what this person types goes.

    Args:
        who: the person.
        place: the name under which the draft is kept.
        addresses: of the form, and of the draft.
        word: of the button.
        saved_at: when the draft that fills the fields was saved.
    """
    action, draft = addresses
    return Delivery(
        action=action,
        draft=draft,
        key=f"draft:{who.id}:{place}",
        sign_in=url_for("pages.sign_in", next=request.path),
        word=word,
        saved_at=saved_at,
        nonce=uuid4().hex,
    )
