"""What the views work with, built from the settings: one a process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import BoundedSemaphore
from typing import cast

from flask import Flask, current_app
from sqlalchemy.orm import Session, sessionmaker

from grader.adapters import queue
from grader.adapters.oidc import OidcClient, Provider
from grader.analytics.records import WhichAttempt
from grader.catalog.load import Catalog, load_catalog
from grader.services.gradebook.class_data import Analysis, ClassData
from grader.services.gradebook.gradebook import Marks
from grader.services.lru_cache import LruCache
from grader.services.submissions.submit import SubmissionContext
from grader.settings import Settings
from grader.store.database import connect

EXTENSION = "grader"

# A request that waits for its report holds one of the server's 32 threads; the others must stay free.
MOST_WAITING = 24


@dataclass(frozen=True, slots=True)
class WebServices:
    """What the views work with. One a process; a view opens a session a request and keeps nothing.

    Attributes:
        wake: tells the workers, after a commit, that something waits.
        clock: the time now, in UTC.
        wake_bulk: the same of what takes long, such as a regrade.
        wake_mail: the same of letters that wait to be sent.
        openid: who else signs people in; None where nobody does.
        waiting_places: how many requests may wait for a report at the same time.
        classes: what classes have done, by assignment.
        analyses: the figures of them.
        marks: the marks of assignments, likewise.
    """

    settings: Settings
    sessions: sessionmaker[Session]
    catalog: Catalog
    wake: Callable[[], None]
    clock: Callable[[], datetime]
    wake_bulk: Callable[[], None] = lambda: None
    wake_mail: Callable[[], None] = lambda: None
    openid: Provider | None = None
    waiting_places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_WAITING))
    classes: LruCache[int, ClassData] = field(default_factory=LruCache)
    analyses: LruCache[tuple[str, WhichAttempt], Analysis] = field(default_factory=LruCache)
    marks: LruCache[str, Marks] = field(default_factory=lambda: LruCache(most=64))

    @property
    def submission_context(self) -> SubmissionContext:
        """What a submission that comes now works with."""
        secret = self.settings.secret_key.get_secret_value()
        return SubmissionContext(self.sessions, self.catalog, secret, self.clock())


def wire(settings: Settings) -> WebServices:
    """Connect the parts as the settings say; nothing is sent to the database or the broker yet."""
    return WebServices(
        settings=settings,
        sessions=connect(settings.database_url),
        catalog=load_catalog(settings.exercises_dir),
        wake=queue.make_notifier(settings.redis_url),
        clock=lambda: datetime.now(UTC),
        wake_bulk=queue.make_notifier(settings.redis_url, queue.REGRADING),
        wake_mail=queue.make_notifier(settings.redis_url, queue.MAILING),
        openid=_provider(settings),
    )


def _provider(settings: Settings) -> Provider | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret, trusts = settings.oidc_secret, settings.oidc_trust_email
    return Provider(OidcClient(settings.oidc_issuer, settings.oidc_client_id, secret, trusts))


def attach(app: Flask, services: WebServices) -> None:
    """Let the views of `app` find their services."""
    app.extensions[EXTENSION] = services


def web_services() -> WebServices:
    """Give the services of the app that answers the current request."""
    return cast("WebServices", current_app.extensions[EXTENSION])
