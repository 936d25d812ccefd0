"""What is wrong with an exercise folder, in the words of its author."""

from dataclasses import dataclass, field

from grader.judging.errors import GraderError


@dataclass(frozen=True, slots=True, order=True)
class ExerciseProblem:
    """One thing to mend.

    Attributes:
        file: relative to the exercises' directory.
        key: where in the file, dotted (`network.layers.0.weights`); "" for the file as a whole.
        reason: what is off and what would be right.
    """

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        """One line: file, key, reason."""
        return f"{self.file}: {self.key}: {self.reason}" if self.key else f"{self.file}: {self.reason}"


class ExerciseErrors(GraderError):
    """Exercises that can't be served, with every problem found."""

    def __init__(self, problems: tuple[ExerciseProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass
class Complaints:
    """Problems of one file, gathered so that an author sees all of them at once."""

    file: str
    found: list[ExerciseProblem] = field(default_factory=list)

    def add(self, key: str, reason: str) -> None:
        """Note one."""
        self.found.append(ExerciseProblem(self.file, key, reason))

    def settle(self) -> None:
        """Raise what was found, if anything."""
        if self.found:
            raise ExerciseErrors(tuple(self.found))
