from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from grader.adapters.catalogues import language_of
from grader.adapters.mail import Mailer
from grader.adapters.queue import MAILING, REGRADING, SWEEPING, Notifier, make_notifier
from grader.addresses import sign_in_address
from grader.catalog.load import Catalog, load_catalog
from grader.services.accounts.password_reset import MailService
from grader.services.grading.context import GradeLimits
from grader.services.grading.heartbeat import Heartbeat
from grader.services.grading.sandbox import SandboxPlaces
from grader.settings import Settings, load
from grader.store.database import Sessions, connect


@dataclass(frozen=True, slots=True)
class WorkerServices:
    """The dependencies of tasks; `wake_bulk` wakes a worker for regrades, `wake_mail` for e-mail."""

    sessions: Sessions
    catalog: Catalog
    limits: GradeLimits
    heartbeat: Heartbeat
    wake: Notifier
    wake_sweep: Notifier
    wake_bulk: Notifier
    wake_mail: Notifier
    post: MailService | None


@cache
def settings() -> Settings:
    """Return the settings, read once per process."""
    return load()


@cache
def catalog() -> Catalog:
    """Return the exercises, loaded once by the main process: the pool's processes share its memory."""
    return load_catalog(settings().exercises_dir)


@cache
def services() -> WorkerServices:
    """Return the dependencies of this process's tasks; created by the first task, after the pool has forked."""
    known = settings()
    sessions, allowed = connect(known.database_url, pooled=known.database_pooled), limits(known)
    return WorkerServices(
        sessions=sessions,
        catalog=catalog(),
        limits=allowed,
        heartbeat=Heartbeat(sessions, allowed.lease_seconds),
        wake=make_notifier(known.redis_url),
        wake_sweep=make_notifier(known.redis_url, SWEEPING),
        wake_bulk=make_notifier(known.redis_url, REGRADING),
        wake_mail=make_notifier(known.redis_url, MAILING),
        post=post(known),
    )


def limits(known: Settings) -> GradeLimits:
    """Return the limits of grading."""
    return GradeLimits(
        batch_size=known.batch_size,
        lease_seconds=known.lease_seconds,
        max_tries=known.max_tries,
        regrade_workers=known.regrade_workers,
    )


@cache
def sandbox_places() -> SandboxPlaces:
    """Return the places for judging in a sandbox; created by the main process before the pool forks."""
    return SandboxPlaces()


def post(known: Settings) -> MailService | None:
    """Return the mail service; None without a mail server."""
    if known.smtp is None or known.mail_from is None:
        return None
    mailer = Mailer(known.smtp, known.mail_from)
    return MailService(mailer, lambda plain: sign_in_address(known.address, plain), language_of)


def clock() -> datetime:
    """Return the current time, which is passed to the services."""
    return datetime.now(UTC)
