from dataclasses import dataclass

from grader.services.errors import UnusableReference

LONGEST_REFERENCE = 255


@dataclass(frozen=True, slots=True)
class LearnerKey:
    """Who answers: a client's own name for a learner, and the user behind it where that is known.

    Raises:
        UnusableReference: the reference is empty, over 255 characters, or not printable.
    """

    client_id: int
    ref: str
    user_id: int | None = None

    def __post_init__(self) -> None:
        if not usable_reference(self.ref):
            raise UnusableReference(
                f"A learner's reference has 1 to {LONGEST_REFERENCE} visible characters, without spaces around it."
            )


def usable_reference(ref: str) -> bool:
    """Tell whether PostgreSQL can keep a reference and a person can see it."""
    return 0 < len(ref) <= LONGEST_REFERENCE and ref.isprintable() and ref == ref.strip()
