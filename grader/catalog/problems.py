"""Problems of an exercise folder, worded for its author."""

from dataclasses import dataclass, field

from grader.judging.errors import GraderError


@dataclass(frozen=True, slots=True, order=True)
class ExerciseProblem:
    """One problem.

    Attributes:
        file: relative to the exercises directory.
        key: place in the file, dotted (`network.layers.0.weights`); "" for the whole file.
        reason: what is wrong and what would be right.
    """

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        """Return one line: file, key, reason."""
        return f"{self.file}: {self.key}: {self.reason}" if self.key else f"{self.file}: {self.reason}"


class ExerciseErrors(GraderError):
    """Exercises that cannot be served, with all problems found."""

    def __init__(self, problems: tuple[ExerciseProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass
class Complaints:
    """Problems of one file, collected so that an author sees all of them at once."""

    file: str
    found: list[ExerciseProblem] = field(default_factory=list)

    def add(self, key: str, reason: str) -> None:
        """Add a problem."""
        self.found.append(ExerciseProblem(self.file, key, reason))

    def settle(self) -> None:
        """Raise ExerciseErrors if there are problems."""
        if self.found:
            raise ExerciseErrors(tuple(self.found))
