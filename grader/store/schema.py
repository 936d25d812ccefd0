"""Every table of the house, gathered so that migrations and `alembic check` see them all."""

from sqlalchemy import MetaData

from grader.store import (
    blobs,
    browser_sessions,
    clients,
    failures,
    gradings,
    idempotency,
    learners,
    links,
    revisions,
    submissions,
    tokens,
    users,
    variants,
    waiting,
)
from grader.store.base import Base

TABLES = (
    blobs.Blob,
    browser_sessions.BrowserSession,
    clients.Client,
    failures.Failure,
    gradings.Grading,
    idempotency.IdempotencyKey,
    learners.Learner,
    links.SignInLink,
    revisions.Revision,
    submissions.Submission,
    tokens.Token,
    users.User,
    variants.Variant,
    waiting.Waiting,
)


def metadata() -> MetaData:
    """Return the metadata that holds all of them."""
    return Base.metadata
