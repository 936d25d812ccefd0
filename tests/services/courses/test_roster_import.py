import pytest
from sqlalchemy import func, select

from grader.services.courses.members import change_role, members_of, remove_member
from grader.services.courses.membership import in_course
from grader.services.courses.roster_import import Imported, ImportOutcome, ImportPlan, import_roster, plan_import
from grader.services.courses.rosters.findings import RosterFlaw, RosterProblem
from grader.services.courses.rosters.roster import Roster, read_text
from grader.store.database import Sessions
from grader.store.submission_tables import AuditEntry
from grader.store.tables import User
from grader.vocabulary import CourseRole
from tests.fixtures.classroom import Classroom
from tests.fixtures.course import Clock

TEXT = """email,name,role,number
sara@example.org,Sara,,S1
sven@example.org,Another Name,assistant,
zoe@example.org,Zoe,instructor,
new@example.org,Neu,,N1
aki@example.org,Aki,,
"""


def planned(sessions: Sessions, classroom: Classroom, roster: Roster) -> ImportPlan:
    with sessions() as session:
        return plan_import(session, classroom.course_id, roster)


def bring(sessions: Sessions, classroom: Classroom, clock: Clock, text: str, confirmed: str | None = None) -> Imported:
    roster = read_text(text)
    with sessions() as session:
        by = in_course(session, classroom.instructor, classroom.course_id).require_instructor()
    confirmed = confirmed or planned(sessions, classroom, roster).fingerprint
    return import_roster(sessions, by, roster, confirmed, clock())


def here(sessions: Sessions, classroom: Classroom) -> dict[str, tuple[CourseRole, str | None]]:
    with sessions() as session:
        return {one.name: (one.role, one.student_number) for one in members_of(session, classroom.course_id)}


def test_the_plan_says_who_is_new_who_is_there_and_what_changes(sessions: Sessions, classroom: Classroom) -> None:
    plan = planned(sessions, classroom, read_text(TEXT))
    assert plan.flaws == ()
    assert [(step.name, step.outcome) for step in plan.steps] == [
        ("Sara", ImportOutcome.CHANGED),
        ("Sven", ImportOutcome.CHANGED),
        ("Zoe", ImportOutcome.ADDED),
        ("Neu", ImportOutcome.NEW),
        ("Aki", ImportOutcome.SAME),
    ]
    assert (plan.steps[1].role_before, plan.steps[1].role) == (CourseRole.STUDENT, CourseRole.ASSISTANT)


def test_what_was_planned_is_done_and_noted(sessions: Sessions, classroom: Classroom, clock: Clock) -> None:
    assert bring(sessions, classroom, clock, TEXT).done
    assert here(sessions, classroom) == {
        "Ines": (CourseRole.INSTRUCTOR, None),
        "Zoe": (CourseRole.INSTRUCTOR, None),
        "Aki": (CourseRole.ASSISTANT, None),
        "Sven": (CourseRole.ASSISTANT, None),
        "Neu": (CourseRole.STUDENT, "N1"),
        "Sara": (CourseRole.STUDENT, "S1"),
    }
    with sessions() as session:
        made = session.scalars(select(User).where(User.email == "new@example.org")).one()
        noted = session.execute(select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.id)).all()
    assert (made.role, made.password_hash) == ("student", None)
    assert sorted((entry.action, entry.detail["from"], entry.detail["to"]) for entry in noted) == [
        ("member.added", None, "instructor"),
        ("member.added", None, "student"),
        ("member.changed", "student", "assistant"),
    ]


def test_doing_it_again_changes_nothing(sessions: Sessions, classroom: Classroom, clock: Clock) -> None:
    bring(sessions, classroom, clock, TEXT)
    before = here(sessions, classroom)
    again = bring(sessions, classroom, clock, TEXT)
    assert again.plan.counts == {ImportOutcome.SAME: 5}
    assert here(sessions, classroom) == before


def test_when_the_course_has_changed_meanwhile_nothing_is_done_and_it_is_told(
    sessions: Sessions, classroom: Classroom, clock: Clock
) -> None:
    confirmed = planned(sessions, classroom, read_text(TEXT)).fingerprint
    with sessions() as session:
        by = in_course(session, classroom.instructor, classroom.course_id).require_instructor()
    remove_member(sessions, by, classroom.students[0].id, clock())
    before = here(sessions, classroom)
    outcome = bring(sessions, classroom, clock, TEXT, confirmed)
    assert (outcome.done, outcome.plan.steps[0].outcome) == (False, ImportOutcome.ADDED)
    assert here(sessions, classroom) == before


def test_another_text_than_the_confirmed_one_is_not_brought_in(
    sessions: Sessions, classroom: Classroom, clock: Clock
) -> None:
    confirmed = planned(sessions, classroom, read_text(TEXT)).fingerprint
    assert not bring(sessions, classroom, clock, TEXT + "more@example.org,More,,\n", confirmed).done


def test_a_refused_line_does_not_block_the_others(sessions: Sessions, classroom: Classroom, clock: Clock) -> None:
    outcome = bring(sessions, classroom, clock, TEXT + "nobody,X,,\n")
    assert (outcome.done, [flaw.line for flaw in outcome.plan.flaws]) == (True, [7])
    assert here(sessions, classroom)["Neu"] == (CourseRole.STUDENT, "N1")
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(User).where(User.name == "X")) == 0


def test_when_all_lines_are_refused_nothing_is_done(sessions: Sessions, classroom: Classroom, clock: Clock) -> None:
    before = here(sessions, classroom)
    outcome = bring(sessions, classroom, clock, "email,name\nnobody,X\n")
    assert (outcome.done, len(outcome.plan.flaws)) == (False, 1)
    assert here(sessions, classroom) == before


def test_people_of_the_course_are_found_by_their_number(sessions: Sessions, classroom: Classroom, clock: Clock) -> None:
    bring(sessions, classroom, clock, "email,number\nsara@example.org,S1\nsven@example.org,S2\n")
    text = "number,login,role\ns1,,assistant\nS2,sv.en,\nS3,,\nS4,ann.a,\n"
    outcome = bring(sessions, classroom, clock, text)
    assert [(step.email, step.outcome) for step in outcome.plan.steps] == [
        ("sara@example.org", ImportOutcome.CHANGED),
        ("sven@example.org", ImportOutcome.SAME),
    ]
    assert list(outcome.plan.flaws) == [
        RosterFlaw(4, RosterProblem.UNKNOWN_NUMBER, "S3"),
        RosterFlaw(5, RosterProblem.LOGIN, "ann.a"),
    ]
    assert here(sessions, classroom)["Sara"] == (CourseRole.ASSISTANT, "S1")


def test_a_person_found_by_number_and_by_address_is_one(sessions: Sessions, classroom: Classroom, clock: Clock) -> None:
    bring(sessions, classroom, clock, "email,number\nsara@example.org,S1\n")
    plan = planned(sessions, classroom, read_text("email,number\nsara@example.org,\n,S1\n"))
    assert [step.line for step in plan.steps] == [2]
    assert [line.line for line in plan.passed] == [3]


def test_an_account_is_found_by_either_spelling_of_its_domain(
    sessions: Sessions, classroom: Classroom, clock: Clock
) -> None:
    bring(sessions, classroom, clock, "email,name\nzoe@b\u00fccher.example,Zoe\n")
    plan = planned(sessions, classroom, read_text("email,name\nzoe@xn--bcher-kva.example,Zoe\n"))
    assert [(step.email, step.outcome) for step in plan.steps] == [("zoe@b\u00fccher.example", ImportOutcome.SAME)]


def test_a_line_that_is_refused_may_make_another_one_impossible(
    sessions: Sessions, classroom: Classroom, clock: Clock
) -> None:
    bring(sessions, classroom, clock, "email,number\nsara@example.org,S1\nsven@example.org,S2\naki@example.org,S3\n")
    text = "email,number\nsara@example.org,S2\nsven@example.org,S3\n"
    plan = planned(sessions, classroom, read_text(text))
    assert list(plan.flaws) == [
        RosterFlaw(2, RosterProblem.NUMBER_TAKEN, "S2"),
        RosterFlaw(3, RosterProblem.NUMBER_TAKEN, "S3"),
    ]


def test_the_last_instructor_is_not_taken_away(sessions: Sessions, classroom: Classroom, clock: Clock) -> None:
    outcome = bring(sessions, classroom, clock, "email,role\nines@example.org,student\n")
    assert [(flaw.line, flaw.wrong) for flaw in outcome.plan.flaws] == [(2, RosterProblem.LAST_INSTRUCTOR)]
    assert bring(sessions, classroom, clock, "email,role\nines@example.org,student\nzoe@example.org,teacher\n").done


@pytest.mark.long
def test_a_thousand_people_are_brought_in_at_once(sessions: Sessions, classroom: Classroom, clock: Clock) -> None:
    rows = "".join(f"p{number}@example.org,Person {number},{number:05}\n" for number in range(1000))
    assert bring(sessions, classroom, clock, "email,name,number\n" + rows).plan.counts[ImportOutcome.NEW] == 1000
    assert len(here(sessions, classroom)) == 1004


@pytest.mark.parametrize("sought", ["SVEN", "n@example", "example.org"])
def test_people_are_found_by_any_part(sessions: Sessions, classroom: Classroom, sought: str) -> None:
    with sessions() as session:
        assert "Sven" in {one.name for one in members_of(session, classroom.course_id, sought)}


def test_signs_of_patterns_are_plain_text(sessions: Sessions, classroom: Classroom) -> None:
    with sessions() as session:
        assert [members_of(session, classroom.course_id, sought) for sought in ("%", "_", "\\")] == [(), (), ()]


def test_roles_are_kept_by_name(sessions: Sessions, classroom: Classroom, clock: Clock) -> None:
    by = classroom.as_instructor
    change_role(sessions, by, classroom.assistant.id, CourseRole.INSTRUCTOR, clock())
    change_role(sessions, by, classroom.instructor.id, CourseRole.STUDENT, clock())
    assert here(sessions, classroom)["Ines"][0] is CourseRole.STUDENT


def test_nobody_gets_a_number_that_another_keeps(sessions: Sessions, classroom: Classroom, clock: Clock) -> None:
    bring(sessions, classroom, clock, "email,number\nsara@example.org,S1\nsven@example.org,S2\n")
    taken = [RosterFlaw(2, RosterProblem.NUMBER_TAKEN, "S1")]
    for text in ("new@example.org,S1", "sven@example.org,S1", "sven@example.org,S1\nsara@example.org,"):
        assert list(planned(sessions, classroom, read_text(f"email,number\n{text}\n")).flaws) == taken
    swapped = "email,number\nsara@example.org,S2\nsven@example.org,S1\n"
    assert bring(sessions, classroom, clock, swapped).done
    assert here(sessions, classroom)["Sara"] == (CourseRole.STUDENT, "S2")
