from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from grader.catalog.load import Catalog, load_catalog
from grader.queue import REGRADING, Wake, make_wake
from grader.services.desk import GradeLimits
from grader.settings import Settings, load
from grader.store.engine import Sessions, connect


@dataclass(frozen=True, slots=True)
class WorkerServices:
    """What the tasks work with; `wake_bulk` wakes a worker for what takes long."""

    sessions: Sessions
    catalog: Catalog
    limits: GradeLimits
    wake: Wake
    wake_bulk: Wake


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
        wake=make_wake(known.redis_url),
        wake_bulk=make_wake(known.redis_url, REGRADING),
    )


def limits(known: Settings) -> GradeLimits:
    """Return how much a worker takes on at once."""
    return GradeLimits(batch_size=known.batch_size, lease_seconds=known.lease_seconds, max_tries=known.max_tries)


def clock() -> datetime:
    """Return the time, which the services are given."""
    return datetime.now(UTC)
