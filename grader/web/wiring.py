from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import Flask, current_app
from sqlalchemy.orm import Session, sessionmaker

from grader import queue
from grader.catalog.load import Catalog, load_catalog
from grader.settings import Settings
from grader.store.engine import connect

EXTENSION = "grader"


@dataclass(frozen=True, slots=True)
class WebServices:
    """What the views work with. One a process; a view opens a session a request and keeps nothing."""

    settings: Settings
    sessions: sessionmaker[Session]
    catalog: Catalog
    wake: Callable[[], None]
    clock: Callable[[], datetime]


def wire(settings: Settings) -> WebServices:
    """Connect the parts as the settings say; nothing is sent to the database or the broker yet."""
    return WebServices(
        settings=settings,
        sessions=connect(settings.database_url),
        catalog=load_catalog(settings.exercises_dir),
        wake=queue.make_wake(settings.redis_url),
        clock=lambda: datetime.now(UTC),
    )


def attach(app: Flask, services: WebServices) -> None:
    """Let the views of `app` find their services."""
    app.extensions[EXTENSION] = services


def web_services() -> WebServices:
    """Give the services of the app that answers the current request."""
    return cast("WebServices", current_app.extensions[EXTENSION])
