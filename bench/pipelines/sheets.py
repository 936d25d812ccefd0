"""What is submitted: one student's 8 gradients and 8 updated weights of the 2-2-2 example, and how they are marked.

The network is the lecture's own (exercises/backprop-2-2-2); its figures are those of the book-like pass below.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np

SLUG = "backprop-2-2-2"
GRADIENTS = tuple(f"dE_dw{number}" for number in range(1, 9))
WEIGHTS = tuple(f"w{number}_new" for number in range(1, 9))
FIELDS = (*GRADIENTS, *WEIGHTS)
TOLERANCE = 1e-5
_WRONG_EVERY = 3


def reference() -> dict[str, float]:
    """Return gradients and updated weights, by one forward and one backward pass in matrices."""
    x, target = np.array([0.05, 0.10]), np.array([0.01, 0.99])
    first, second = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([[0.40, 0.45], [0.50, 0.55]])
    hidden = 1.0 / (1.0 + np.exp(-(first @ x + 0.35)))
    out = 1.0 / (1.0 + np.exp(-(second @ hidden + 0.60)))
    delta_out = (out - target) * out * (1.0 - out)
    delta_hidden = (second.T @ delta_out) * hidden * (1.0 - hidden)
    gradients = np.concatenate([np.outer(delta_hidden, x).ravel(), np.outer(delta_out, hidden).ravel()])
    weights = np.concatenate([first.ravel(), second.ravel()]) - 0.5 * gradients
    return dict(zip(FIELDS, map(float, np.concatenate([gradients, weights])), strict=True))


def mark(answers: Mapping[str, str]) -> dict[str, bool]:
    """Tell which fields of a sheet are right, as a simple grader does: compare with the reference, one by one."""
    known = reference()
    given = np.array([float(answers[name]) for name in FIELDS])
    right = np.isclose(given, [known[name] for name in FIELDS], rtol=0.0, atol=TOLERANCE)
    return dict(zip(FIELDS, map(bool, right), strict=True))


def sheet(number: int) -> dict[str, str]:
    """Return the answers of one student, with nine digits; every third sheet has one wrong gradient."""
    return dict(_wrong() if is_wrong(number) else _right())


def is_wrong(number: int) -> bool:
    """Whether a sheet has a wrong gradient."""
    return number % _WRONG_EVERY == _WRONG_EVERY - 1


@cache
def _right() -> dict[str, str]:
    return {name: f"{value:.9g}" for name, value in reference().items()}


@cache
def _wrong() -> dict[str, str]:
    return _right() | {GRADIENTS[0]: f"{0.7 * reference()[GRADIENTS[0]]:.9g}"}
