"""Erase a person, with all submissions or with the submissions anonymised; ADR 17 gives the reasons."""

from enum import StrEnum

from grader.services.accounts.administration import Act
from grader.services.accounts.authentication import new_secret
from grader.services.errors import EraseNotConfirmed, LastAdministrator, UnknownPerson
from grader.store import accounts, personal_data
from grader.store.audit import AuditEvent, add_event
from grader.store.database import Sessions

NOBODY = "\N{EN DASH}"
"""Replaces the name."""


class Extent(StrEnum):
    """What happens to a person's submissions."""

    ERASE = "erase"
    ANONYMISE = "anonymise"


def erase_person(sessions: Sessions, user_id: int, typed_email: str, extent: Extent, act: Act) -> None:
    """Erase a person's data in one transaction.

    ERASE removes everything: submissions, gradings, marks and files together with the account. ANONYMISE keeps
    submissions, marks and enrolments under an account without name and address that nobody can use.

    Raises:
        UnknownPerson: there is no such person.
        EraseNotConfirmed: the typed e-mail address is not the person's.
        LastAdministrator: no administrator would be left.
    """
    with sessions.begin() as session:
        if accounts.lock_administrators(session) == {user_id}:
            raise LastAdministrator("This is the only administrator. Make another person an administrator first.")
        user = accounts.lock_user(session, user_id)
        if user is None:
            raise UnknownPerson("This person does not exist.")
        if typed_email.strip().lower() != user.email.lower():
            raise EraseNotConfirmed("To confirm, enter the e-mail address of the person whose data will be erased.")
        learners = personal_data.learners_of_person(session, user)
        personal_data.delete_sign_ins_and_messages(session, user_id)
        if extent is Extent.ERASE:
            personal_data.delete_work(session, learners)
            personal_data.delete_user(session, user_id)
        else:
            names = {learner_id: _unguessable_name() for learner_id in learners}
            empty = {"email": f"{_unguessable_name()}@erased.invalid", "name": NOBODY, "disabled_at": act.now}
            personal_data.anonymise(session, user_id, empty, names)
        left = None if extent is Extent.ERASE else user_id
        add_event(session, AuditEvent(act.now, f"person.{extent.value}d", act.actor_id, subject_id=left))


def _unguessable_name() -> str:
    """Return a random value, so that nobody can recover the person by guessing."""
    return f"erased-{new_secret().sha256.hex()[:16]}"
