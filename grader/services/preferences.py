"""How a person wants the pages to be."""

from dataclasses import dataclass
from zoneinfo import available_timezones

from grader.services.errors import UnusableTimeZone
from grader.services.register import normal_name
from grader.store import users
from grader.store.engine import Sessions


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person chooses: the name that others see, and language and time zone; None leaves it to the browser."""

    name: str
    language: str | None
    time_zone: str | None


def prefer(sessions: Sessions, user_id: int, wanted: Preferences) -> None:
    """Remember what a person wants; an empty name leaves the one there is.

    Raises:
        UnusableTimeZone: there is no such time zone.
    """
    if wanted.time_zone is not None and wanted.time_zone not in available_timezones():
        raise UnusableTimeZone("There is no time zone of this name.")
    name = normal_name(wanted.name)
    with sessions.begin() as session:
        values: dict[str, object] = {"language": wanted.language, "time_zone": wanted.time_zone}
        users.change(session, user_id, values | ({"name": name} if name else {}))


def prefer_language(sessions: Sessions, user_id: int, language: str) -> None:
    """Remember the language for every browser in which the person signs in."""
    with sessions.begin() as session:
        users.set_language(session, user_id, language)
