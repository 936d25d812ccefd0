import pytest

from grader.judging.policy import Late, Policy, Shown
from grader.judging.policy_warnings import PlannedPolicy, PolicyWarning, policy_warnings

ONE = Policy(attempts=1)


@pytest.mark.parametrize(
    ("policy", "is_due", "draws", "expected"),
    [
        (Policy(), True, True, set()),
        (Policy(), False, True, {PolicyWarning.NEVER_DUE}),
        (Policy(solution=Shown.AT_ONCE), True, True, {PolicyWarning.SOLUTION_BEFORE_LAST}),
        (Policy(1, solution=Shown.AT_ONCE), True, True, set()),
        (Policy(1, solution=Shown.AT_ONCE), True, False, {PolicyWarning.SOLUTION_PASSED_ON}),
        (Policy(3, solution=Shown.AFTER_LAST, variants=False), True, True, {PolicyWarning.SOLUTION_PASSED_ON}),
        (Policy(late=Late(0.1, 0.5, None)), True, True, {PolicyWarning.SOLUTION_WHILE_LATE}),
        (Policy(late=Late(1, 1, 3)), True, True, {PolicyWarning.LATE_FOR_NOTHING}),
        (Policy(late=Late(0, 1, 3)), True, True, {PolicyWarning.LATE_FOR_FREE}),
        (Policy(late=Late(0, 1, 3), solution=Shown.NEVER), False, True, set()),
        (Policy(marks=Shown.AFTER_DUE), True, True, {PolicyWarning.MISTAKES_BEFORE_MARKS}),
        (Policy(mistakes=Shown.AFTER_LAST, solution=Shown.NEVER), False, True, {PolicyWarning.NEVER_LAST}),
        (Policy(mistakes=Shown.AFTER_LAST, solution=Shown.NEVER), True, True, set()),
    ],
)
def test_what_hurts_is_seen(policy: Policy, is_due: bool, draws: bool, expected: set[PolicyWarning]) -> None:
    assert set(policy_warnings(PlannedPolicy(policy, is_due=is_due, draws=draws))) == expected
