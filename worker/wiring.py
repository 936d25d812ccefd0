from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from grader.adapters.mail import Mailer
from grader.adapters.queue import MAILING, REGRADING, Notifier, make_notifier
from grader.addresses import sign_in_address
from grader.catalog.load import Catalog, load_catalog
from grader.services.accounts.password_reset import MailService
from grader.services.grading.context import GradeLimits
from grader.settings import Settings, load
from grader.store.database import Sessions, connect


@dataclass(frozen=True, slots=True)
class WorkerServices:
    """What the tasks work with; `wake_bulk` wakes a worker for what takes long, `wake_mail` for letters."""

    sessions: Sessions
    catalog: Catalog
    limits: GradeLimits
    wake: Notifier
    wake_bulk: Notifier
    wake_mail: Notifier
    post: MailService | None


@cache
def settings() -> Settings:
    """Return the settings, read once a process."""
    return load()


@cache
def services() -> WorkerServices:
    """Return what the tasks of this process work with; made at the first task, after the pool has forked."""
    known = settings()
    return WorkerServices(
        sessions=connect(known.database_url),
        catalog=load_catalog(known.exercises_dir),
        limits=limits(known),
        wake=make_notifier(known.redis_url),
        wake_bulk=make_notifier(known.redis_url, REGRADING),
        wake_mail=make_notifier(known.redis_url, MAILING),
        post=post(known),
    )


def limits(known: Settings) -> GradeLimits:
    """Return how much a worker takes on at once."""
    return GradeLimits(batch_size=known.batch_size, lease_seconds=known.lease_seconds, max_tries=known.max_tries)


def post(known: Settings) -> MailService | None:
    """Return what takes letters; None where no mail server is named."""
    if known.smtp is None or known.mail_from is None:
        return None
    return MailService(Mailer(known.smtp, known.mail_from), lambda plain: sign_in_address(known.address, plain))


def clock() -> datetime:
    """Return the time, which the services are given."""
    return datetime.now(UTC)
