"""Errors of the services. Each class is of one of five kinds, and has a `title` for people.

Errors that no request can cause derive from GraderError alone: they are faults of ours.
"""

from grader.judging.errors import Conflict, Forbidden, GraderError, Invalid, NotFound, RequestError, Unavailable


class UnknownSubmission(NotFound):
    """There is no such submission, or the caller may not see it."""

    title = "Submission not found"


class ClientRefTaken(Conflict):
    """The client has already used this reference (or id) for another submission."""

    title = "Reference already used"


class UnknownCourse(NotFound):
    """There is no such course, or the person does not belong to it."""

    title = "Course not found"


class CourseArchived(Forbidden):
    """The course is archived and therefore read-only."""

    title = "This course is archived"


class UnknownJoinCode(NotFound):
    """No course has this join code."""

    title = "No course has this code"


class LastInstructor(Conflict):
    """The course would be left without an instructor."""

    title = "At least one instructor is required"


class UnusableAllowance(Invalid):
    """An extension grants nothing, has no reason, or takes something away."""

    title = "Invalid extension"


class UnknownMember(NotFound):
    """There is no such member of the course."""

    title = "No such member in this course"


class UnknownAssignment(NotFound):
    """There is no such assignment, or the person does not belong to its course."""

    title = "Assignment not found"


class NotForThisRole(Forbidden):
    """The person belongs to the course, but lacks the required role."""

    title = "Not allowed for your role in the course"


class NotOpenYet(Forbidden):
    """The assignment opens later."""

    title = "This assignment is not open yet"


class AssignmentClosed(Forbidden):
    """The assignment no longer accepts submissions, not even late ones."""

    title = "This assignment is closed"


class NoAttemptsLeft(Forbidden):
    """The student has used all attempts at the assignment."""

    title = "No attempts are left"


class SetAsAssignment(Forbidden):
    """The exercise is set in one of the student's assignments and cannot be practised."""

    title = "This exercise is part of a course"


class AmbiguousLearner(Conflict):
    """Several learners differ from a reference only in letter case."""

    title = "More than one learner matches"


class ForeignLearner(Forbidden):
    """The learner belongs to another user."""

    title = "This token belongs to another learner"


class UnusableReference(Invalid):
    """A learner's reference is empty, too long, or contains invisible characters."""

    title = "Invalid reference"


class SeedRefused(Forbidden):
    """Given values were requested by seed by a caller who answers those drawn for the learner."""

    title = "This token cannot choose a seed"


class OtherExercise(GraderError):
    """The assignment has a different exercise than the request names; the API points to the place in the request."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"This assignment asks {slug}.")


class UnreadableCursor(Invalid):
    """The cursor was not issued by us."""

    title = "Invalid cursor"


class SignInRefused(Forbidden):
    """The e-mail address or password is incorrect; the error never says which."""

    title = "Incorrect e-mail address or password"


class SignInBusy(Unavailable):
    """Too many passwords are being checked; the caller may try again in a moment."""

    title = "Too many people are signing in"
    retry_after = 1


class LinkRefused(Forbidden):
    """The sign-in link was used before, has expired, or never existed."""

    title = "This link is no longer valid"


class TokenRefused(Forbidden):
    """The bearer token is unknown, expired or revoked."""

    status = 401
    title = "Invalid token"


class UnknownScope(GraderError):
    """A token was requested with a scope that does not exist."""


class EmailTaken(Conflict):
    """The e-mail address is already registered."""

    title = "An account with this e-mail address exists"


class UnusableEmail(Invalid):
    """This is not a valid e-mail address."""

    title = "Invalid e-mail address"


class WeakPassword(Invalid):
    """The password is too weak or too long."""

    title = "Password too weak"


class UnknownUser(NotFound):
    """The e-mail address is not registered."""

    title = "No account with this e-mail address"


class UnknownToken(NotFound):
    """There is no such token to revoke."""

    title = "Token not found"


class RequestInFlight(Conflict):
    """A request with this idempotency key is in progress; `retry_after` is the number of seconds to wait."""

    title = "The first request with this key is still in progress"
    retry_after = 1

    def __init__(self, detail: str, seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = seconds


class KeyReused(Invalid):
    """This idempotency key was used for a different request."""

    title = "Idempotency key already used"


class UnusableMark(Invalid):
    """A mark override is not a valid mark, or has no reason."""

    title = "Invalid mark"


class UnusableMessage(Invalid):
    """A message is empty or too long."""

    title = "Invalid message"


class UnknownRegrade(NotFound):
    """There is no such regrade, or the person does not belong to its course."""

    title = "Regrade not found"


class RegradeBusy(Conflict):
    """Another regrade of the assignment is in progress."""

    title = "Another regrade is pending"


class NothingToRegrade(Invalid):
    """A regrade was proposed that changes nothing."""

    title = "This regrade changes nothing"


class RegradeNotThere(Conflict):
    """The regrade is not, or no longer, in a state that allows this."""

    title = "Not possible in the regrade's current state"


class UnknownPerson(NotFound):
    """There is no such person, or the action is impossible for the person."""

    title = "Person not found"


class LastAdministrator(Conflict):
    """At least one administrator is required."""

    title = "At least one administrator is required"


class UnusableTimeZone(Invalid):
    """There is no such time zone."""

    title = "Unknown time zone"


class WrongPassword(Forbidden):
    """The current password was required and is incorrect."""

    title = "Incorrect password"


class UnknownSession(NotFound):
    """The person has no such browser session."""

    title = "This session has ended"


class UnknownRequest(NotFound):
    """There is no such request for a link, or it has been answered already."""

    title = "This request has already been handled"


class EmailRefused(GraderError):
    """The mail server rejects this e-mail."""


class MailServerAway(GraderError):
    """The mail server is unavailable."""


class IdentityRefused(Forbidden):
    """The identity given by the issuer cannot sign in here."""

    title = "Not signed in"


class IssuerAway(Unavailable):
    """The issuer cannot be reached, or its response is invalid."""

    title = "The sign-in provider is not responding"
    retry_after = 30


class EraseNotConfirmed(Invalid):
    """The e-mail address typed to confirm an erasure is not the person's."""

    title = "Confirmation failed"


def request_errors() -> list[type[RequestError]]:
    """Return every class of errors that a request can cause."""
    return [error for kind in RequestError.__subclasses__() for error in kind.__subclasses__()]
