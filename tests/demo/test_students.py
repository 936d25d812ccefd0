from datetime import UTC, datetime

import numpy as np
import pytest

from grader.demo.students import IMAGINED_ASSIGNMENTS, ImaginedAssignment, WayOfWorking, career, imagine_student
from grader.judging.policy import Open, Terms, state

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("planned", IMAGINED_ASSIGNMENTS, ids=lambda planned: planned.slug)
def test_every_attempt_is_one_that_the_assignment_takes(planned: ImaginedAssignment) -> None:
    chance = np.random.default_rng(7)
    terms = Terms(planned.policy, planned.opens_at(NOW), planned.due_at(NOW))
    for _ in range(100):
        for used, sending in enumerate(career(planned, imagine_student(chance), NOW, chance)):
            assert sending.at <= NOW
            assert state(terms, used, sending.at) in {Open.OPEN, Open.LATE}


def test_who_is_right_stops() -> None:
    chance = np.random.default_rng(7)
    for _ in range(100):
        works = [sending.work for sending in career(IMAGINED_ASSIGNMENTS[0], imagine_student(chance), NOW, chance)]
        assert WayOfWorking.RIGHT not in works[:-1]


def test_a_class_does_all_kinds_of_work() -> None:
    chance = np.random.default_rng(7)
    works = {
        sending.work
        for _ in range(200)
        for planned in IMAGINED_ASSIGNMENTS
        for sending in career(planned, imagine_student(chance), NOW, chance)
    }
    assert works == set(WayOfWorking)


def test_nothing_is_sent_to_what_is_not_open_yet() -> None:
    chance = np.random.default_rng(7)
    assert [list(career(IMAGINED_ASSIGNMENTS[-1], imagine_student(chance), NOW, chance)) for _ in range(50)] == [
        []
    ] * 50
