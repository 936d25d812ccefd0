"""What queries, services and pages share: closed sets of words (roles, states, purposes), and filters."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """A person's role on the site: an instructor may create courses, an administrator may do everything."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"


WEB_CLIENT = "web"
"""The client of our own pages; the first migration creates it."""


class LinkPurpose(StrEnum):
    """Where a link leads: to the home page, or to setting a password."""

    SIGN_IN = "sign-in"
    RESET = "reset"


class SignInMethod(StrEnum):
    """How a person signed in."""

    PASSWORD = "password"  # noqa: S105 - a method, not a password
    LINK = "link"
    RESET = "reset"
    OPENID = "openid"


class CourseRole(StrEnum):
    """A person's role in a course."""

    STUDENT = "student"
    ASSISTANT = "assistant"
    INSTRUCTOR = "instructor"


class RegradeState(StrEnum):
    """The state of a regrade; a ready one changes nothing until it is applied."""

    RUNNING = "running"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    ROLLING_BACK = "rolling-back"
    ROLLED_BACK = "rolled-back"
    DISCARDED = "discarded"
    FAILED = "failed"


IN_FORCE = (RegradeState.APPLIED.value, RegradeState.ROLLING_BACK.value)
"""Its gradings count."""

IN_PROGRESS = (RegradeState.RUNNING.value, RegradeState.APPLYING.value, RegradeState.ROLLING_BACK.value)
"""A worker has something to do for it."""


@dataclass(frozen=True, slots=True)
class SubmissionFilter:
    """A filter of submissions; None matches everything."""

    client_id: int | None = None
    learner_ref: str | None = None
    user_id: int | None = None
    slug: str | None = None
    assignment_id: int | None = None
    practice: bool = False
    """Only submissions without an assignment."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """A filter of entries of the audit log; None matches everything.

    Attributes:
        person: part of a name or e-mail address, of the author or the subject.
        until: the exclusive end of the period.
    """

    action: str | None = None
    person: str | None = None
    course_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class UserFilter:
    """A filter of users; None matches everything.

    Attributes:
        text: part of a name or e-mail address.
    """

    text: str | None = None
    role: Role | None = None
    only_disabled: bool = False
