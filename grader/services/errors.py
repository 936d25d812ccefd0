"""What the services refuse. Each class is of one of five kinds, and names itself in `title`.

Errors that no request can cause derive from GraderError alone: a request that meets one is our fault.
"""

from grader.judging.errors import Conflict, Forbidden, GraderError, Invalid, NotFound, RequestError, Unavailable


class UnknownSubmission(NotFound):
    """There is no such submission, or it is none of the asker's business."""

    title = "There is no such submission"


class ClientRefTaken(Conflict):
    """The client used this reference (or id) for another submission already."""

    title = "This reference names another submission"


class UnknownCourse(NotFound):
    """There is no such course, or the asker does not belong to it."""

    title = "There is no such course"


class CourseArchived(Forbidden):
    """A course is over: it can be looked at, and nothing in it changes."""

    title = "This course is archived"


class UnknownJoinCode(NotFound):
    """No course can be joined by this code."""

    title = "There is no course with this code"


class LastInstructor(Conflict):
    """A course would be left without an instructor."""

    title = "A course needs an instructor"


class UnusableAllowance(Invalid):
    """What a student shall be allowed is nothing, has no reason, or takes something away."""

    title = "This cannot be allowed"


class UnknownMember(NotFound):
    """Nobody of this number belongs to the course."""

    title = "There is nobody of this number in the course"


class UnknownAssignment(NotFound):
    """There is no such assignment, or the asker does not belong to its course."""

    title = "There is no such assignment"


class NotForThisRole(Forbidden):
    """The asker belongs to the course, but this is for others in it."""

    title = "This is for others in the course"


class NotOpenYet(Forbidden):
    """An assignment opens later."""

    title = "This assignment is not open yet"


class AssignmentClosed(Forbidden):
    """An assignment is over: neither in time nor late can anything be sent."""

    title = "This assignment is closed"


class NoAttemptsLeft(Forbidden):
    """All attempts that a student has at an assignment are used."""

    title = "No attempts are left"


class SetAsAssignment(Forbidden):
    """An exercise is not practised by those who are set it: they answer it at their assignment."""

    title = "This exercise is set in a course"


class AmbiguousLearner(Conflict):
    """Several learners differ from a reference in letter case only."""

    title = "Several learners may be meant"


class ForeignLearner(Forbidden):
    """The learner belongs to somebody else."""

    title = "This learner is somebody else"


class UnusableReference(Invalid):
    """A learner's reference is empty, too long, or holds characters that nobody can see."""

    title = "This reference cannot be used"


class SeedRefused(Forbidden):
    """Given values were asked for by a seed, by one who answers what was drawn for that learner."""

    title = "This token may not choose a seed"


class OtherExercise(GraderError):
    """An assignment asks another exercise than the request names; the API says where in the request that is."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"This assignment asks {slug}.")


class UnreadableCursor(Invalid):
    """A cursor was not given out by us."""

    title = "This cursor was not given out here"


class SignInRefused(Forbidden):
    """E-mail and password don't fit together; it never tells which of them is wrong."""

    title = "E-mail and password do not fit together"


class SignInBusy(Unavailable):
    """Too many passwords are being checked just now; the caller may try again in a moment."""

    title = "Too many people are signing in"
    retry_after = 1


class LinkRefused(Forbidden):
    """A sign-in link was used before, has expired, or never existed."""

    title = "This link does not sign in any more"


class TokenRefused(Forbidden):
    """A bearer token is unknown, expired or revoked."""

    status = 401
    title = "The token is not accepted"


class UnknownScope(GraderError):
    """A token was asked for with a scope that doesn't exist."""


class EmailTaken(Conflict):
    """Somebody is registered with this e-mail."""

    title = "Somebody is registered with this e-mail"


class UnusableEmail(Invalid):
    """This is no e-mail address."""

    title = "This is no e-mail address"


class WeakPassword(Invalid):
    """A password is too short to protect anything, or too long to be one."""

    title = "This password does not protect"


class UnknownUser(NotFound):
    """Nobody is registered with this e-mail."""

    title = "Nobody is registered with this e-mail"


class UnknownToken(NotFound):
    """No token of this number can be revoked."""

    title = "There is no such token"


class RequestInFlight(Conflict):
    """A request with this idempotency key is being answered just now; `retry_after` says when to come again."""

    title = "The first request with this key is still being answered"
    retry_after = 1

    def __init__(self, detail: str, seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = seconds


class KeyReused(Invalid):
    """This idempotency key came with another request before."""

    title = "This idempotency key was used for another request"


class UnusableMark(Invalid):
    """A mark that somebody wants to set is none, or has no reason."""

    title = "This mark cannot be set"


class UnusableMessage(Invalid):
    """A message is empty or too long."""

    title = "This message cannot be sent"


class UnknownRegrade(NotFound):
    """There is no such regrade, or the asker does not belong to its course."""

    title = "There is no such regrade"


class RegradeBusy(Conflict):
    """Another regrade of the assignment is being worked on."""

    title = "Another regrade is open"


class NothingToRegrade(Invalid):
    """A regrade was proposed that changes nothing."""

    title = "Nothing would be judged otherwise"


class RegradeNotThere(Conflict):
    """A regrade is not, or no longer, in a state in which this can be done with it."""

    title = "This cannot be done with the regrade now"


class UnknownPerson(NotFound):
    """There is no such person, or none of whom that can be asked."""

    title = "There is no such person"


class LastAdministrator(Conflict):
    """Nobody would be left who may do everything."""

    title = "Somebody has to stay administrator"


class UnusableTimeZone(Invalid):
    """There is no time zone of this name."""

    title = "There is no such time zone"


class WrongPassword(Forbidden):
    """The password that somebody has now was asked for, and is another one."""

    title = "The password is another one"


class UnknownSession(NotFound):
    """The person has no browser session of this number."""

    title = "This session has ended"


class UnknownRequest(NotFound):
    """Nobody waits for a link under this number, or somebody has answered already."""

    title = "Nobody waits for this any more"


class LetterRefused(GraderError):
    """The mail server does not take this letter."""


class MailServerAway(GraderError):
    """The mail server can't be used just now."""


class IdentityRefused(Forbidden):
    """Who somebody is elsewhere does not let that person in here."""

    title = "You are not signed in"


class IssuerAway(Unavailable):
    """Who else signs people in can't be reached, or says nothing that can be understood."""

    title = "The other service does not answer"
    retry_after = 30


class EraseNotConfirmed(Invalid):
    """Whoever wants a person's data erased has not typed the person's e-mail."""

    title = "This was not confirmed"


def request_errors() -> list[type[RequestError]]:
    """Return every class of errors that a request can cause."""
    return [error for kind in RequestError.__subclasses__() for error in kind.__subclasses__()]
