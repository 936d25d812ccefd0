from grader.judging.errors import GraderError


class UnknownSubmission(GraderError):
    """There is no such submission, or it is none of the asker's business."""


class ClientRefTaken(GraderError):
    """The client used this reference (or id) for another submission already."""


class UnknownCourse(GraderError):
    """There is no such course, or the asker does not belong to it."""


class CourseArchived(GraderError):
    """A course is over: it can be looked at, and nothing in it changes."""


class UnknownJoinCode(GraderError):
    """No course can be joined by this code."""


class LastInstructor(GraderError):
    """A course would be left without an instructor."""


class UnusableAllowance(GraderError):
    """What a student shall be allowed is nothing, has no reason, or takes something away."""


class UnknownMember(GraderError):
    """Nobody of this number belongs to the course."""


class UnknownAssignment(GraderError):
    """There is no such assignment, or the asker does not belong to its course."""


class NotForThisRole(GraderError):
    """The asker belongs to the course, but this is for others in it."""


class NotOpenYet(GraderError):
    """An assignment opens later."""


class AssignmentClosed(GraderError):
    """An assignment is over: neither in time nor late can anything be sent."""


class NoAttemptsLeft(GraderError):
    """All attempts that a student has at an assignment are used."""


class SetAsAssignment(GraderError):
    """An exercise is not practised by those who are set it: they answer it at their assignment."""


class AmbiguousLearner(GraderError):
    """Several learners differ from a reference in letter case only."""


class ForeignLearner(GraderError):
    """The learner belongs to somebody else."""


class UnusableReference(GraderError):
    """A learner's reference is empty, too long, or holds characters that nobody can see."""


class UnreadableCursor(GraderError):
    """A cursor was not given out by us."""


class SignInRefused(GraderError):
    """E-mail and password don't fit together; it never tells which of them is wrong."""


class SignInBusy(GraderError):
    """Too many passwords are being checked just now; the caller may try again in a moment."""


class LinkRefused(GraderError):
    """A sign-in link was used before, has expired, or never existed."""


class TokenRefused(GraderError):
    """A bearer token is unknown, expired or revoked."""


class UnknownScope(GraderError):
    """A token was asked for with a scope that doesn't exist."""


class EmailTaken(GraderError):
    """Somebody is registered with this e-mail."""


class UnusableEmail(GraderError):
    """This is no e-mail address."""


class WeakPassword(GraderError):
    """A password is too short to protect anything, or too long to be one."""


class UnknownUser(GraderError):
    """Nobody is registered with this e-mail."""


class UnknownToken(GraderError):
    """No token of this number can be revoked."""


class RequestInFlight(GraderError):
    """A request with this idempotency key is being answered just now; `seconds` says when to come again."""

    def __init__(self, detail: str, seconds: int = 1) -> None:
        super().__init__(detail)
        self.seconds = seconds


class KeyReused(GraderError):
    """This idempotency key came with another request before."""


class UnusableMark(GraderError):
    """A mark that somebody wants to set is none, or has no reason."""


class UnusableMessage(GraderError):
    """A message is empty or too long."""


class UnknownRegrade(GraderError):
    """There is no such regrade, or the asker does not belong to its course."""


class RegradeBusy(GraderError):
    """Another regrade of the assignment is being worked on."""


class NothingToRegrade(GraderError):
    """A regrade was proposed that changes nothing."""


class RegradeNotThere(GraderError):
    """A regrade is not, or no longer, in a state in which this can be done with it."""


class UnknownPerson(GraderError):
    """There is no such person, or none of whom that can be asked."""


class LastAdministrator(GraderError):
    """Nobody would be left who may do everything."""


class UnusableTimeZone(GraderError):
    """There is no time zone of this name."""


class WrongPassword(GraderError):
    """The password that somebody has now was asked for, and is another one."""


class UnknownSession(GraderError):
    """The person has no browser session of this number."""


class UnknownRequest(GraderError):
    """Nobody waits for a link under this number, or somebody has answered already."""


class LetterRefused(GraderError):
    """The mail server does not take this letter."""


class MailServerAway(GraderError):
    """The mail server can't be used just now."""


class IdentityRefused(GraderError):
    """Who somebody is elsewhere does not let that person in here."""


class IssuerAway(GraderError):
    """Who else signs people in can't be reached, or says nothing that can be understood."""


class EraseNotConfirmed(GraderError):
    """Whoever wants a person's data erased has not typed the person's e-mail."""
