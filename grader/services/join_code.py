"""Codes by which students join a course: short enough to read out, too many to guess."""

import secrets
import unicodedata

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Those that nobody takes for others: no I, L, O, 0 or 1."""

GROUP = 4
LENGTH = 2 * GROUP


def new_join_code() -> str:
    """Return a fresh one: eight of 31 letters, 8.5e11 of them."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def normal_join_code(typed: str) -> str:
    """Return what was typed as codes are stored: case, hyphens and spaces don't matter."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", typed).upper() if letter.isalnum())[: LENGTH + 1]


def shown_join_code(code: str) -> str:
    """Return a stored code as it is read out: ABCD-EFGH."""
    return f"{code[:GROUP]}-{code[GROUP:]}"
