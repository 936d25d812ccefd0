"""A regrade is judged beside the current gradings, and applied and rolled back as a whole, even if a worker dies."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from grader.catalog.load import Catalog
from grader.judging.answers import Entry, ReadAnswers, entries_from_json, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.overrides import NO_OVERRIDES, Overrides
from grader.judging.policy import Counting, Policy
from grader.judging.report import Report
from grader.messages.message import Message, to_json
from grader.services.grading.drain import drain_context
from grader.services.grading.sandbox import SandboxFailedError, SandboxProcess, SandboxRequest
from grader.services.maintenance import Freed, free_abandoned
from grader.services.regrading.grader import RegradeGrader
from grader.services.regrading.worker import RegradeStats, regrade_some
from grader.services.submissions.queries import changed_since
from grader.store.regrades import unjudged_results, unusable
from grader.store.submission_tables import AuditEntry, Grading, Submission
from grader.store.tables import Assignment
from grader.vocabulary import RegradeState
from grader.weightfiles.limits import RefusedFile
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock
from tests.fixtures.regrading import OFF, SLUG, WIDE, Exam, Office
from tests.fixtures.submitting import submit_for

MOONS = Path(__file__).parents[2] / "fixtures" / "weights" / "moons.npz"
WIDER = Overrides.from_json({"tolerance": {"relative": 0.06}})


def test_what_is_proposed_is_judged_and_changes_nothing(office: Office, exam: Exam) -> None:
    regrade = office.find(office.ready())
    assert (regrade.state, regrade.done, regrade.total) == (RegradeState.READY, 3, 3)
    assert exam.counting() == [("", "w")] * 3
    assert office.assignment().overrides == {}
    assert office.gradings() == 6


def test_what_is_applied_counts_and_what_comes_next_is_judged_so(office: Office, exam: Exam) -> None:
    regrade = office.find(office.applied())
    assert regrade.state is RegradeState.APPLIED
    assert regrade.applied_by == "Ines"
    assert exam.counting() == [(WIDE.key, "c")] * 3
    assert office.assignment().overrides == WIDE.to_json()
    exam.send()
    drain_context(exam.context)
    assert exam.counting() == [(WIDE.key, "c")] * 4


def test_what_is_graded_between_the_judging_and_the_switch_is_judged_too(office: Office, exam: Exam) -> None:
    regrade_id = office.ready()
    exam.send()
    drain_context(exam.context)
    office.ask_apply(regrade_id)
    office.work()
    assert exam.counting() == [(WIDE.key, "c")] * 4


def test_what_waits_during_the_switch_is_judged_as_the_assignment_says_by_then(office: Office, exam: Exam) -> None:
    exam.send()
    office.applied()
    drain_context(exam.context)
    assert exam.counting() == [(WIDE.key, "c")] * 4


def test_a_roll_back_restores_everything_also_for_what_was_sent_since(office: Office, exam: Exam) -> None:
    regrade_id = office.applied(policy=Policy(counting=Counting.LAST))
    assert office.assignment().policy["counting"] == "last"
    exam.send()
    drain_context(exam.context)
    office.ask_back(regrade_id)
    office.work()
    assert office.find(regrade_id).state is RegradeState.ROLLED_BACK
    assert exam.counting() == [("", "w")] * 4
    assignment = office.assignment()
    assert (assignment.overrides, assignment.overrides_key, assignment.policy["counting"]) == ({}, "", "best")


def test_a_policy_that_somebody_has_changed_since_stays_when_a_regrade_is_rolled_back(office: Office) -> None:
    regrade_id = office.applied(policy=Policy(counting=Counting.LAST))
    with office.exam.sessions.begin() as session:
        session.execute(update(Assignment).values(policy=Policy(attempts=7).to_json()))
    office.ask_back(regrade_id)
    office.work()
    assert office.assignment().policy["attempts"] == 7


def test_a_regrade_of_nothing_but_the_policy_judges_nothing(office: Office, exam: Exam) -> None:
    regrade_id = office.propose(NO_OVERRIDES, policy=Policy(points=10.0))

    def never(_exercise: Exercise, _batch: Sequence[ReadAnswers]) -> list[Report]:
        raise AssertionError

    assert regrade_some(replace(exam.context, judge=never)) is not None
    assert office.find(regrade_id).state is RegradeState.READY
    assert office.gradings() == 3


def test_gradings_that_are_there_already_are_used_again(office: Office, exam: Exam) -> None:
    first = office.applied()
    office.ask_back(first)
    office.work()
    before = office.gradings()
    office.applied()
    assert office.gradings() == before
    assert exam.counting() == [(WIDE.key, "c")] * 3


def test_a_worker_that_dies_is_followed_by_another_when_its_lease_has_ended(
    office: Office, exam: Exam, clock: Clock
) -> None:
    regrade_id = office.propose()
    context = replace(exam.context, limits=replace(exam.context.limits, regrade_batch=1))
    judged: list[int] = []

    def dies(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        judged.append(len(batch))
        if len(judged) > 1:
            raise KeyboardInterrupt
        return judge(exercise, batch)

    with pytest.raises(KeyboardInterrupt):
        regrade_some(replace(context, judge=dies))
    assert office.find(regrade_id).done == 1
    assert regrade_some(context) is None
    clock.advance(21)
    office.work()
    assert office.find(regrade_id).state is RegradeState.READY
    assert office.gradings() == 6


@pytest.mark.process
def test_a_worker_that_is_known_to_be_dead_is_followed_at_once(office: Office, exam: Exam) -> None:
    def dies(*_: object) -> list[Report]:
        raise KeyboardInterrupt

    regrade_id = office.propose()
    with pytest.raises(KeyboardInterrupt):
        regrade_some(replace(exam.context, judge=dies, holder="a task that was killed"))
    assert regrade_some(exam.context) is None
    assert free_abandoned(exam.sessions, lambda holder: holder == "another task") == Freed()
    assert free_abandoned(exam.sessions, lambda holder: holder == "a task that was killed") == Freed(regrades=1)
    office.work()
    assert office.find(regrade_id).state is RegradeState.READY


def test_a_slice_ends_in_time_and_another_goes_on(office: Office, exam: Exam, clock: Clock) -> None:
    regrade_id = office.propose()

    def slow(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        clock.advance(3)
        return judge(exercise, batch)

    context = replace(exam.context, judge=slow, limits=replace(exam.context.limits, regrade_batch=1))
    first = regrade_some(context)
    assert first is not None
    assert not first.is_finished
    assert office.find(regrade_id).done == 1
    office.work()
    assert office.find(regrade_id).state is RegradeState.READY


@pytest.mark.process
def test_who_lost_the_lease_writes_nothing_more(office: Office, exam: Exam, clock: Clock) -> None:
    regrade_id = office.propose()

    def meanwhile(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        clock.advance(21)
        office.work()
        return judge(exercise, batch)

    lost = regrade_some(replace(exam.context, judge=meanwhile))
    assert lost is not None
    assert office.find(regrade_id).state is RegradeState.READY
    assert office.gradings() == 6


def test_a_regrade_that_stops_its_workers_is_given_up_and_changes_nothing(
    office: Office, exam: Exam, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    regrade_id = office.propose()
    with monkeypatch.context() as patched:
        patched.setattr(RegradeGrader, "judge", stops)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                regrade_some(exam.context)
            clock.advance(21)
    office.work()
    regrade = office.find(regrade_id)
    assert regrade.state is RegradeState.FAILED
    assert "stopped" in str(regrade.failure)
    assert exam.counting() == [("", "w")] * 3


def test_an_exercise_that_cannot_be_rebuilt_fails_the_regrade_and_nothing_else(
    office: Office, exam: Exam, catalog: Catalog
) -> None:
    office.published = replace(catalog.find(SLUG), revision="f" * 64, source={"exercise.toml": "["})
    regrade_id = office.ready(with_revision=True)
    regrade = office.find(regrade_id)
    assert regrade.state is RegradeState.FAILED
    assert "cannot be rebuilt" in str(regrade.failure)
    assert exam.counting() == [("", "w")] * 3


def test_todays_revision_takes_the_place_of_the_one_that_was_answered(
    office: Office, exam: Exam, catalog: Catalog
) -> None:
    source = dict(catalog.find(SLUG).source)
    source["exercise.toml"] = source["exercise.toml"].replace("[tolerance]\n", "[tolerance]\nrelative = 0.05\n")
    if "relative = 0.05" not in source["exercise.toml"]:
        source["exercise.toml"] += "\n[tolerance]\nrelative = 0.05\n"
    office.published = replace(catalog.find(SLUG), revision="e" * 64, source=source)
    regrade_id = office.ready(NO_OVERRIDES, with_revision=True)
    exam.send()
    office.ask_apply(regrade_id)
    office.work()
    drain_context(exam.context)
    assert exam.counting() == [("", "c")] * 4
    with exam.sessions() as session:
        assert set(session.scalars(select(Grading.revision).where(Grading.counts))) == {"e" * 64}
    office.ask_back(regrade_id)
    office.work()
    assert exam.counting() == [("", "w")] * 4


def test_what_was_changed_by_somebody_else_meanwhile_stops_the_switch(office: Office, exam: Exam) -> None:
    regrade_id = office.ready()
    exam.override(WIDER)
    office.ask_apply(regrade_id)
    office.work()
    regrade = office.find(regrade_id)
    assert regrade.state is RegradeState.FAILED
    assert "changed after" in str(regrade.failure)
    assert office.assignment().overrides == WIDER.to_json()


def test_what_was_done_is_in_the_log(office: Office, exam: Exam) -> None:
    regrade_id = office.applied()
    office.ask_back(regrade_id)
    office.work()
    with exam.sessions() as session:
        entries = session.execute(select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["regrade.proposed", "regrade.applied", "regrade.rolled-back"]
    assert all(entry.detail == {"regrade": regrade_id} for entry in entries)


def test_answers_are_never_changed(office: Office, exam: Exam) -> None:
    office.applied()
    with exam.sessions() as session:
        assert all(answers["net_h1"] == OFF["net_h1"].text for answers in session.scalars(select(Submission.answers)))


def test_what_is_discarded_while_it_is_judged_leaves_nothing_behind(office: Office, exam: Exam) -> None:
    regrade_id = office.propose()

    def meanwhile(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        office.discard(regrade_id)
        return judge(exercise, batch)

    assert regrade_some(replace(exam.context, judge=meanwhile)) is not None
    assert office.find(regrade_id).state is RegradeState.DISCARDED
    assert office.gradings() == 3
    assert regrade_some(exam.context) is None


@pytest.mark.process
def test_files_are_judged_anew_in_a_process_of_their_own(
    exam: Exam, catalog: Catalog, classroom: Classroom, assign: Assign
) -> None:
    content, published = MOONS.read_bytes(), catalog.find("dense-two-moons")
    assignment_id, sha256 = assign(published.slug), hashlib.sha256(MOONS.read_bytes()).hexdigest()
    entries = {"weights": Entry("moons.npz", file=sha256)}
    submit_for(
        exam.sessions,
        published,
        classroom.learner(),
        entries,
        exam.context.clock(),
        contents={sha256: content},
        assignment_id=assignment_id,
    )
    drain_context(exam.context)
    office = Office(replace(exam, assignment_id=assignment_id), classroom, catalog)
    office.published = published

    def never(_exercise: Exercise, _batch: Sequence[ReadAnswers]) -> list[Report]:
        raise AssertionError

    regrade_id = office.propose(Overrides(points={"weights": 4.0}))
    assert regrade_some(replace(exam.context, judge=never)) is not None
    assert office.find(regrade_id).state is RegradeState.READY
    with exam.sessions() as session:
        scores = session.execute(select(Grading.given, Grading.max).order_by(Grading.id)).all()
    assert [tuple(score) for score in scores] == [(10.0, 10.0), (4.0, 4.0)]


@pytest.mark.process
def test_a_file_that_cannot_be_used_any_more_keeps_its_grading_and_holds_up_nothing(
    exam: Exam, catalog: Catalog, classroom: Classroom, assign: Assign, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, published = MOONS.read_bytes(), catalog.find("dense-two-moons")
    assignment_id, sha256 = assign(published.slug), hashlib.sha256(content).hexdigest()
    entries = {"weights": Entry("moons.npz", file=sha256)}
    sent = submit_for(
        exam.sessions,
        published,
        classroom.learner(),
        entries,
        exam.context.clock(),
        contents={sha256: content},
        assignment_id=assignment_id,
    ).id
    drain_context(exam.context)
    office = Office(replace(exam, assignment_id=assignment_id), classroom, catalog)
    office.published = published
    refused = RefusedFile(Message("zip.damaged"))

    def refuses(_: SandboxProcess, request: SandboxRequest) -> list[Report]:
        read = [read_answers(published.exercise, entries_from_json(answers)) for answers in request.answers]
        return judge(published.exercise, [replace(answers, files={"weights": refused}) for answers in read])

    monkeypatch.setattr(SandboxProcess, "judge", refuses)
    regrade_id = office.applied(Overrides(points={"weights": 4.0}))
    assert office.find(regrade_id).state is RegradeState.APPLIED
    with exam.sessions() as session:
        assert unjudged_results(session, regrade_id, 10) == []
        assert unusable(session, regrade_id, 10) == [(sent, to_json(refused.detail))]
        assert session.execute(select(Grading.given, Grading.counts)).all() == [(10.0, True)]


@pytest.mark.process
def test_a_submission_that_cannot_be_judged_holds_up_no_other_and_keeps_its_grading(
    office: Office, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = exam.send({"net_h1": Entry("0.381")})
    drain_context(exam.context)

    def fails(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        if any(answers.numbers["net_h1"].text == "0.381" for answers in batch):
            raise ZeroDivisionError
        return judge(exercise, batch)

    def dies(*_: object) -> Report:
        raise SandboxFailedError("killed by signal 9")

    monkeypatch.setattr(SandboxProcess, "judge", dies)
    sick = replace(exam.context, judge=fails)
    regrade_id = office.propose()
    assert regrade_some(sick) == RegradeStats(regrade_id, judged=4)
    regrade = office.find(regrade_id)
    assert (regrade.state, regrade.done, regrade.total) == (RegradeState.READY, 4, 4)
    with exam.sessions() as session:
        assert unjudged_results(session, regrade_id, 10) == [(bad, "killed by signal 9")]
    office.ask_apply(regrade_id)
    regrade_some(sick)
    assert exam.counting() == [("", "w")] + [(WIDE.key, "c")] * 3
    office.ask_back(regrade_id)
    regrade_some(sick)
    assert exam.counting() == [("", "w")] * 4


def test_results_move_when_a_regrade_is_applied_or_rolled_back_and_not_before(
    office: Office, exam: Exam, clock: Clock
) -> None:
    def told() -> list[tuple[str, float, datetime]]:
        with exam.sessions() as session:
            return [(one.learner_ref, one.score.given, one.updated_at) for one in changed_since(session, None).items]

    before = told()
    clock.advance(3600)
    regrade_id = office.ready()
    assert told() == before
    with exam.sessions() as session:
        assert changed_since(session, clock()).items == ()
    clock.advance(3600)
    office.ask_apply(regrade_id)
    office.work()
    applied = told()
    assert [(who, at) for who, _, at in applied] == [(who, clock()) for who, _, _ in before]
    assert [given for _, given, _ in applied] > [given for _, given, _ in before]
    clock.advance(3600)
    office.ask_back(regrade_id)
    office.work()
    assert told() == [(who, given, clock()) for who, given, _ in before]


@pytest.mark.process
def test_a_regrade_in_which_nothing_can_be_judged_fails(
    office: Office, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_exercise: Exercise, _batch: Sequence[ReadAnswers]) -> list[Report]:
        raise ZeroDivisionError

    def dies(*_: object) -> Report:
        raise SandboxFailedError("killed by signal 9")

    regrade_id = office.propose()
    monkeypatch.setattr(SandboxProcess, "judge", dies)
    assert regrade_some(replace(exam.context, judge=fails)) is not None
    regrade = office.find(regrade_id)
    assert regrade.state is RegradeState.FAILED
    assert "could not be judged: killed by signal 9" in str(regrade.failure)
    assert exam.counting() == [("", "w")] * 3
    assert office.gradings() == 3
