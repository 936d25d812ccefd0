"""Errors of the services. Each class is of one of five kinds, and has a `title` for people.

Errors that no request can cause derive from GraderError alone: they are faults of ours.
"""

from grader.judging.errors import Conflict, Forbidden, GraderError, Invalid, NotFound, RequestError, Unavailable


class UnknownSubmission(NotFound):
    """There is no such submission, or the caller may not see it."""

    title = "There is no such submission"


class ClientRefTaken(Conflict):
    """The client has already used this reference (or id) for another submission."""

    title = "This reference names another submission"


class UnknownCourse(NotFound):
    """There is no such course, or the person does not belong to it."""

    title = "There is no such course"


class CourseArchived(Forbidden):
    """The course is archived and therefore read-only."""

    title = "This course is archived"


class UnknownJoinCode(NotFound):
    """No course has this join code."""

    title = "There is no course with this code"


class LastInstructor(Conflict):
    """The course would be left without an instructor."""

    title = "A course needs an instructor"


class UnusableAllowance(Invalid):
    """An extension grants nothing, has no reason, or takes something away."""

    title = "This cannot be allowed"


class UnknownMember(NotFound):
    """There is no such member of the course."""

    title = "There is nobody of this number in the course"


class UnknownAssignment(NotFound):
    """There is no such assignment, or the person does not belong to its course."""

    title = "There is no such assignment"


class NotForThisRole(Forbidden):
    """The person belongs to the course, but lacks the required role."""

    title = "This is for others in the course"


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

    title = "This exercise is set in a course"


class AmbiguousLearner(Conflict):
    """Several learners differ from a reference only in letter case."""

    title = "Several learners may be meant"


class ForeignLearner(Forbidden):
    """The learner belongs to another user."""

    title = "This learner is somebody else"


class UnusableReference(Invalid):
    """A learner's reference is empty, too long, or contains invisible characters."""

    title = "This reference cannot be used"


class SeedRefused(Forbidden):
    """Given values were requested by seed by a caller who answers those drawn for the learner."""

    title = "This token may not choose a seed"


class OtherExercise(GraderError):
    """The assignment has a different exercise than the request names; the API points to the place in the request."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"This assignment asks {slug}.")


class UnreadableCursor(Invalid):
    """The cursor was not issued by us."""

    title = "This cursor was not given out here"


class SignInRefused(Forbidden):
    """The e-mail address or password is incorrect; the error never says which."""

    title = "E-mail and password do not fit together"


class SignInBusy(Unavailable):
    """Too many passwords are being checked; the caller may try again in a moment."""

    title = "Too many people are signing in"
    retry_after = 1


class LinkRefused(Forbidden):
    """The sign-in link was used before, has expired, or never existed."""

    title = "This link does not sign in any more"


class TokenRefused(Forbidden):
    """The bearer token is unknown, expired or revoked."""

    status = 401
    title = "The token is not accepted"


class UnknownScope(GraderError):
    """A token was requested with a scope that does not exist."""


class EmailTaken(Conflict):
    """The e-mail address is already registered."""

    title = "Somebody is registered with this e-mail"


class UnusableEmail(Invalid):
    """This is not a valid e-mail address."""

    title = "This is no e-mail address"


class WeakPassword(Invalid):
    """The password is too weak or too long."""

    title = "This password does not protect"


class UnknownUser(NotFound):
    """The e-mail address is not registered."""

    title = "Nobody is registered with this e-mail"


class UnknownToken(NotFound):
    """There is no such token to revoke."""

    title = "There is no such token"


class RequestInFlight(Conflict):
    """A request with this idempotency key is in progress; `retry_after` is the number of seconds to wait."""

    title = "The first request with this key is still being answered"
    retry_after = 1

    def __init__(self, detail: str, seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = seconds


class KeyReused(Invalid):
    """This idempotency key was used for a different request."""

    title = "This idempotency key was used for another request"


class UnusableMark(Invalid):
    """A mark override is not a valid mark, or has no reason."""

    title = "This mark cannot be set"


class UnusableMessage(Invalid):
    """A message is empty or too long."""

    title = "This message cannot be sent"


class UnknownRegrade(NotFound):
    """There is no such regrade, or the person does not belong to its course."""

    title = "There is no such regrade"


class RegradeBusy(Conflict):
    """Another regrade of the assignment is in progress."""

    title = "Another regrade is open"


class NothingToRegrade(Invalid):
    """A regrade was proposed that changes nothing."""

    title = "Nothing would be judged otherwise"


class RegradeNotThere(Conflict):
    """The regrade is not, or no longer, in a state that allows this."""

    title = "This cannot be done with the regrade now"


class UnknownPerson(NotFound):
    """There is no such person, or the action is impossible for the person."""

    title = "There is no such person"


class LastAdministrator(Conflict):
    """At least one administrator is required."""

    title = "Somebody has to stay administrator"


class UnusableTimeZone(Invalid):
    """There is no such time zone."""

    title = "There is no such time zone"


class WrongPassword(Forbidden):
    """The current password was required and is incorrect."""

    title = "The password is another one"


class UnknownSession(NotFound):
    """The person has no such browser session."""

    title = "This session has ended"


class UnknownRequest(NotFound):
    """There is no such request for a link, or it has been answered already."""

    title = "Nobody waits for this any more"


class LetterRefused(GraderError):
    """The mail server rejects this e-mail."""


class MailServerAway(GraderError):
    """The mail server is unavailable."""


class IdentityRefused(Forbidden):
    """The identity given by the issuer cannot sign in here."""

    title = "You are not signed in"


class IssuerAway(Unavailable):
    """The issuer cannot be reached, or its response is invalid."""

    title = "The other service does not answer"
    retry_after = 30


class EraseNotConfirmed(Invalid):
    """The e-mail address typed to confirm an erasure is not the person's."""

    title = "This was not confirmed"


def request_errors() -> list[type[RequestError]]:
    """Return every class of errors that a request can cause."""
    return [error for kind in RequestError.__subclasses__() for error in kind.__subclasses__()]
