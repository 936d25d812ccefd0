"""Combinations in a policy that are allowed, but seldom intended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from grader.judging.policy import Policy, Shown


class PolicyWarning(StrEnum):
    """A probably unintended effect."""

    SOLUTION_BEFORE_LAST = "solution-before-last"
    SOLUTION_PASSED_ON = "solution-passed-on"
    SOLUTION_WHILE_LATE = "solution-while-late"
    MISTAKES_BEFORE_MARKS = "mistakes-before-marks"
    NEVER_DUE = "never-due"
    NEVER_LAST = "never-last"
    LATE_FOR_NOTHING = "late-for-nothing"
    LATE_FOR_FREE = "late-for-free"


@dataclass(frozen=True, slots=True)
class PlannedPolicy:
    """The planned policy, whether there is a due time, and whether the exercise draws individual values."""

    policy: Policy
    is_due: bool
    draws: bool

    @property
    def has_own_values(self) -> bool:
        """Whether students cannot copy from each other."""
        return self.policy.variants and self.draws

    @property
    def ends(self) -> bool:
        """Whether there is a last moment to submit."""
        return self.is_due and self.policy.late.days is not None

    @property
    def takes_late(self) -> bool:
        """Whether something can be submitted after the due time."""
        return self.is_due and self.policy.late.days != 0

    def shows(self, when: Shown) -> bool:
        """Return whether anything is shown at that time."""
        return when in {self.policy.marks, self.policy.mistakes, self.policy.solution}


RULES: Mapping[PolicyWarning, Callable[[PlannedPolicy], bool]] = MappingProxyType(
    {
        PolicyWarning.SOLUTION_BEFORE_LAST: lambda it: it.policy.solution is Shown.AT_ONCE and it.policy.attempts != 1,
        PolicyWarning.SOLUTION_PASSED_ON: lambda it: (
            it.policy.solution in {Shown.AT_ONCE, Shown.AFTER_LAST} and not it.has_own_values
        ),
        PolicyWarning.SOLUTION_WHILE_LATE: lambda it: (
            it.policy.solution is Shown.AFTER_DUE and it.is_due and not it.ends
        ),
        PolicyWarning.MISTAKES_BEFORE_MARKS: lambda it: (
            it.policy.mistakes is Shown.AT_ONCE and it.policy.marks is not Shown.AT_ONCE
        ),
        PolicyWarning.NEVER_DUE: lambda it: it.shows(Shown.AFTER_DUE) and not it.is_due,
        PolicyWarning.NEVER_LAST: lambda it: it.shows(Shown.AFTER_LAST) and it.policy.attempts is None and not it.ends,
        PolicyWarning.LATE_FOR_NOTHING: lambda it: it.takes_late and it.policy.late.lost(1) >= 1,
        PolicyWarning.LATE_FOR_FREE: lambda it: it.takes_late and it.policy.late.lost(1) == 0,
    }
)


def policy_warnings(plan: PlannedPolicy) -> tuple[PolicyWarning, ...]:
    """Return the warnings, most serious first."""
    return tuple(hazard for hazard, holds in RULES.items() if holds(plan))
