"""The closed sets of words that stored rows, services and pages share: roles, states, purposes."""

from enum import StrEnum


class Role(StrEnum):
    """What a person may do here: an instructor may give courses, an administrator everything."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"


WEB_CLIENT = "web"
"""The client that our own pages are; the first migration makes it."""


class LinkPurpose(StrEnum):
    """Where a link leads: to the first page, or to setting a password."""

    SIGN_IN = "sign-in"
    RESET = "reset"


class SignInMethod(StrEnum):
    """How somebody was let in."""

    PASSWORD = "password"  # noqa: S105 - says that there was one, and is none
    LINK = "link"
    RESET = "reset"
    OPENID = "openid"


class CourseRole(StrEnum):
    """What a person is in a course."""

    STUDENT = "student"
    ASSISTANT = "assistant"
    INSTRUCTOR = "instructor"


class RegradeState(StrEnum):
    """How far a regrade is; what is ready changes nothing until somebody applies it."""

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
