"""The dependencies of views, built from the settings once per process."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore
from time import monotonic
from typing import cast

import structlog
from flask import Flask, current_app
from sqlalchemy.orm import Session, sessionmaker

from grader.adapters import queue
from grader.adapters.client_limits import ClientLimits
from grader.adapters.oidc import OidcClient, Provider
from grader.analytics.records import WhichAttempt
from grader.catalog.load import Catalog, load_catalog
from grader.services.accounts.authentication import RecentTokens
from grader.services.gradebook.class_data import Analysis, ClassData
from grader.services.gradebook.gradebook import Marks
from grader.services.lru_cache import LruCache
from grader.services.maintenance import RecentWork
from grader.services.submissions.submit import SubmissionContext
from grader.settings import Settings
from grader.store.database import DATABASE_AWAY, autocommit, connect
from grader.store.migrate import SchemaState, schema_state

log = structlog.get_logger(__name__)

EXTENSION = "grader"

# A request that waits for its report occupies one of the server's 32 threads; the others must stay free.
MOST_WAITING = 24


REPLICA_REST_SECONDS = 5.0
"""After a failure, the replica is not contacted for this time."""


@dataclass(slots=True)
class Replica:
    """A copy of the database that follows it, a moment behind."""

    sessions: sessionmaker[Session]
    _resting_until: float = field(default=0.0, init=False)

    def session(self) -> Session | None:
        """Open a session for reading; None while the replica does not answer."""
        if monotonic() < self._resting_until:
            return None
        session = self.sessions()
        try:
            session.connection()
        except DATABASE_AWAY as error:
            session.close()
            self._resting_until = monotonic() + REPLICA_REST_SECONDS
            log.warning("the replica does not answer; the primary is read instead", error=type(error).__name__)
            return None
        return session


@dataclass(frozen=True, slots=True)
class WebServices:
    """The dependencies of views. One per process; a view opens a session per request and keeps nothing.

    Attributes:
        wake: wakes the workers after a commit.
        clock: the current time, in UTC.
        replica: where pages and files about a whole class are read, if there is one.
        wake_bulk: the same for long-running work such as a regrade.
        wake_mail: the same for e-mail.
        openid: single sign-on; None if it is not configured.
        api_limits: limits on the requests of each client of the API; by default counted by this process alone.
        tokens: bearer tokens that were valid a moment ago; by default each is looked up in every request.
        recent_work: what waits for a worker, for metrics; by default it is counted each time.
        waiting_places: limits how many requests may wait for a report.
        classes: cached submissions of classes, by assignment.
        analyses: their cached analyses.
        marks: cached marks of assignments.
    """

    settings: Settings
    sessions: sessionmaker[Session]
    catalog: Catalog
    wake: Callable[[], None]
    clock: Callable[[], datetime]
    replica: Replica | None = None
    wake_bulk: Callable[[], None] = lambda: None
    wake_mail: Callable[[], None] = lambda: None
    openid: Provider | None = None
    api_limits: ClientLimits = field(default_factory=ClientLimits)
    tokens: RecentTokens = field(default_factory=lambda: RecentTokens(timedelta(0)))
    recent_work: RecentWork = field(default_factory=lambda: RecentWork(timedelta(0)))
    waiting_places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_WAITING))
    classes: LruCache[int, ClassData] = field(default_factory=LruCache)
    analyses: LruCache[tuple[str, WhichAttempt], Analysis] = field(default_factory=LruCache)
    marks: LruCache[str, Marks] = field(default_factory=lambda: LruCache(most=64))

    @property
    def submission_context(self) -> SubmissionContext:
        """Return the dependencies of a submission made now."""
        secret = self.settings.secret_key.get_secret_value()
        return SubmissionContext(self.sessions, self.catalog, secret, self.clock())

    def reading(self) -> Session:
        """Open a session for reading, in which each statement is a transaction of its own."""
        return autocommit(self.sessions)

    def reading_classes(self, primary: Session | None = None) -> AbstractContextManager[Session]:
        """Open a session for pages and files about a whole class: on the replica, if there is one that answers.

        Otherwise on the primary; `primary` is used if it is open already.
        """
        replica = self.replica and self.replica.session()
        return replica or (self.sessions() if primary is None else nullcontext(primary))

    def schema_state(self) -> SchemaState:
        """Return whether this version works with the database's schema."""
        with self.sessions() as session:
            return schema_state(session)


def wire(settings: Settings) -> WebServices:
    """Connect the parts according to the settings; does not contact the database or the broker yet."""
    return WebServices(
        settings=settings,
        sessions=connect(settings.database_url, pooled=settings.database_pooled),
        catalog=load_catalog(settings.exercises_dir),
        replica=_replica(settings),
        wake=queue.Background(queue.make_notifier(settings.redis_url)),
        clock=lambda: datetime.now(UTC),
        wake_bulk=queue.make_notifier(settings.redis_url, queue.REGRADING),
        wake_mail=queue.make_notifier(settings.redis_url, queue.MAILING),
        openid=_provider(settings),
        api_limits=ClientLimits(settings.api_limit, queue.make_redis(settings.redis_url)),
        tokens=RecentTokens(),
        recent_work=RecentWork(),
    )


def _replica(settings: Settings) -> Replica | None:
    url = settings.database_replica_url
    return None if url is None else Replica(connect(url, pooled=settings.database_pooled))


def _provider(settings: Settings) -> Provider | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret, trusts = settings.oidc_secret, settings.oidc_trust_email
    return Provider(OidcClient(settings.oidc_issuer, settings.oidc_client_id, secret, trusts))


def attach(app: Flask, services: WebServices) -> None:
    """Attach the services to `app`."""
    app.extensions[EXTENSION] = services


def web_services() -> WebServices:
    """Return the services of the app that handles the current request."""
    return cast("WebServices", current_app.extensions[EXTENSION])
