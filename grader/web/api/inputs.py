"""Inputs of requests: answers, a learner, a seed, an assignment."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from grader.catalog.load import LoadedExercise
from grader.judging.answers import Entry, read_answers
from grader.judging.errors import AnswerProblem, UnreadableAnswers
from grader.judging.exercise import Exercise
from grader.judging.policy import Open, state
from grader.judging.reading.parser import MAX_LENGTH
from grader.messages.message import Message
from grader.services.accounts.authentication import Principal
from grader.services.assignments.assignments import (
    CourseAssignment,
    exercise_at,
    is_staff,
    reached,
    student_at,
    terms_of,
)
from grader.services.errors import NotOpenYet, OtherExercise
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.variants import SEED_BITS, LearnerVariant, check_seed_allowed, values_of_seed
from grader.services.submissions.visibility import may_submit_for
from grader.web.api.requests import JsonNumber, whole_number, whole_number_text
from grader.web.dependencies import web_services
from grader.web.exercises import variant_at_assignment
from grader.web.problem import Flaw, ProblemError

MAX_ANSWERS = 1000
FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)

ANSWER_SCHEMA = {
    "anyOf": [{"type": "string", "maxLength": MAX_LENGTH}, {"type": "number"}, {"type": "null"}],
    "description": "The text as typed: a number (0.3775, 0,3775, 3.775e-1, 1/3) or, if requested, "
    "a formula ((out_o1 - target_o1) * out_h1); or a JSON number; or null if left blank.",
}
Answers = Annotated[
    dict[str, Annotated[Any, WithJsonSchema(ANSWER_SCHEMA)]],
    Field(
        max_length=MAX_ANSWERS,
        description="By field name. Omitted fields count as missing and do not affect the others.",
        examples=[{"net_h1": 0.3775, "out_h1": "0,593"}],
    ),
]


NO_ANSWERS: Mapping[type, Message] = {
    bool: Message("answer.boolean"),
    list: Message("answer.list"),
    dict: Message("answer.object"),
}
"""Messages for values of the wrong type."""


def entries_of(exercise: Exercise, answers: Mapping[str, object]) -> dict[str, Entry]:
    """Return the answers as entries, without parsing them.

    Raises:
        UnreadableAnswers: a value has a wrong type or a field is unknown; includes all other unreadable fields.
    """
    problems = [problem for name, value in answers.items() if (problem := _problem(name, value)) is not None]
    refused = {problem.field for problem in problems}
    entries = {name: entry for name, value in answers.items() if (entry := _entry(value)) and name not in refused}
    if not problems:
        return entries
    fit = {name: entry for name, entry in entries.items() if FIELD_NAME.fullmatch(name)}
    order = {name: place for place, name in enumerate(exercise.field_names)}
    problems += read_answers(exercise, fit).problems
    raise UnreadableAnswers(tuple(sorted(problems, key=lambda problem: order.get(problem.field, len(order)))))


def _problem(name: str, value: object) -> AnswerProblem | None:
    if not FIELD_NAME.fullmatch(name):
        return AnswerProblem(_harmless(name), "unknown-field", Message("answer.unknown-name"))
    if isinstance(value, str | JsonNumber | None):
        return None
    return AnswerProblem(name, "wrong-type", NO_ANSWERS[type(value)])


def _entry(value: object) -> Entry | None:
    match value:
        case str(text):
            return Entry(text)
        case JsonNumber(text):
            return Entry(text, exact=True)
        case _:
            return None


def _harmless(name: str) -> str:
    """Truncate an unknown name so that it can be repeated in a response."""
    return name.encode("ascii", "backslashreplace").decode()[:100]


def learner_of(caller: Principal, learner_ref: str | None) -> LearnerKey:
    """Return the learner for whom the caller submits; a student's own token needs no reference.

    Raises:
        ProblemError: 422 without a learner, 403 if a student's own token names another one.
    """
    ref = own_ref(caller, learner_ref) or caller.learner_ref
    if ref is None:
        flaw = Flaw("missing", "This is required: name the learner who answers.", pointer="/learner_ref")
        raise ProblemError("invalid", "The request names no learner.", (flaw,))
    learner = LearnerKey(caller.client_id, ref, caller.user_id if caller.learner_ref else None)
    if not may_submit_for(caller, learner):
        raise refuse_other_learner()
    return learner


def own_ref(caller: Principal, learner_ref: str | None) -> str | None:
    """Return a reference in the token's spelling, if it is the token's own learner in another letter case."""
    own = caller.learner_ref
    return own if own and learner_ref and own.lower() == learner_ref.lower() else learner_ref


def named_learner(caller: Principal, learner_ref: str | None) -> LearnerKey | None:
    """Return the learner that the caller asks about; None if none is named and the token is not bound to one.

    Raises:
        ProblemError: 403 if a student's own token names another one.
    """
    return None if learner_ref is None and caller.learner_ref is None else learner_of(caller, learner_ref)


def refuse_other_learner() -> ProblemError:
    """Return the error for a student's own token that asks for another learner's data."""
    return ProblemError("foreign-learner", "This token is limited to its own learner.")


LARGEST_SEED = 2**SEED_BITS - 1
SEED_DESCRIPTION = (
    "Use the given values of this seed instead of the learner's own; not available with a student's own token."
)
SeedBounds = Field(ge=0, le=LARGEST_SEED)
SeedSent = Annotated[int, SeedBounds, BeforeValidator(whole_number)]
SeedAsked = Annotated[int, SeedBounds, BeforeValidator(whole_number_text)]


def variant_for_seed(caller: Principal, published: LoadedExercise, seed: int) -> LearnerVariant | None:
    """Return the values of a seed; None if nothing is drawn.

    Raises:
        SeedRefused: the token is a student's own, who has to answer the values drawn for the learner.
    """
    check_seed_allowed(caller)
    return values_of_seed(published, seed)


def assignment_of(caller: Principal, assignment_id: int, slug: str, **place: str) -> CourseAssignment:
    """Return an assignment that the caller can access, which must have the given exercise; `place` locates the error.

    Raises:
        UnknownAssignment: there is none for the caller.
        ProblemError: 422 if it has a different exercise.
    """
    with web_services().sessions() as session:
        assignment = reached(session, caller, assignment_id)
    if assignment.slug != slug:
        raise other_exercise(OtherExercise(assignment.slug), **place)
    return assignment


def other_exercise(error: OtherExercise, **place: str) -> ProblemError:
    """Return the error for an exercise that differs from the assignment's, with its place in the request."""
    flaw = Flaw("other-exercise", error.detail, **place)
    return ProblemError("invalid", "The assignment uses another exercise.", (flaw,))


def student_of(assignment: CourseAssignment, learner: LearnerKey) -> LearnerKey:
    """Return the learner with the account that is in the course: attempts are counted by account.

    Raises:
        UnknownAssignment: the course has no such student.
    """
    with web_services().sessions() as session:
        user_id, email = student_at(session, assignment, learner.ref)
    return replace(learner, ref=email, user_id=user_id)


def as_assigned(published: LoadedExercise, assignment: CourseAssignment) -> LoadedExercise:
    """Return the exercise as the assignment judges it."""
    return replace(published, exercise=exercise_at(assignment, published))


def variant_asked_for(
    caller: Principal, learner_ref: str | None, published: LoadedExercise, at: CourseAssignment
) -> LearnerVariant | None:
    """Return a student's own values at an assignment, drawn on first use as on the pages.

    None, which means the printed ones, if nothing is drawn, no learner is named, or the caller is staff.

    Raises:
        NotOpenYet: the assignment opens later; until then no student sees it.
    """
    learner = named_learner(caller, learner_ref)
    if learner is None or _teaches(caller, at):
        return None
    learner, now = student_of(at, learner), web_services().clock()
    with web_services().sessions() as session:
        if state(terms_of(session, at, learner.user_id or 0), 0, now) is Open.NOT_YET:
            raise NotOpenYet(f"{at.title} is not open yet.")
    return variant_at_assignment(published, learner, at)


def _teaches(caller: Principal, assignment: CourseAssignment) -> bool:
    if caller.user_id is None:
        return False
    with web_services().sessions() as session:
        return is_staff(session, caller.user_id, assignment.course_id)
