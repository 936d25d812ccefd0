"""Every table of the house, gathered so that migrations and `alembic check` see them all."""

from sqlalchemy import MetaData

from grader.store import (
    allowances,
    assignments,
    audit,
    blobs,
    browser_sessions,
    clients,
    courses,
    drafts,
    enrolments,
    failures,
    gradings,
    idempotency,
    identities,
    learners,
    links,
    mark_overrides,
    messages,
    regrades,
    reset_requests,
    revisions,
    submissions,
    tokens,
    users,
    variants,
    waiting,
)
from grader.store.base import Base

TABLES = (
    allowances.Allowance,
    assignments.Assignment,
    audit.AuditEntry,
    blobs.Blob,
    browser_sessions.BrowserSession,
    clients.Client,
    courses.Course,
    drafts.Draft,
    enrolments.Enrolment,
    failures.Failure,
    gradings.Grading,
    idempotency.IdempotencyKey,
    identities.ExternalIdentity,
    learners.Learner,
    links.SignInLink,
    mark_overrides.MarkOverride,
    messages.Message,
    regrades.Regrade,
    regrades.RegradeResult,
    reset_requests.ResetRequest,
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
