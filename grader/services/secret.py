from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe

BYTES = 32
"""256 bits of chance: nobody guesses one, so a fast hash is enough to keep it by."""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A token as it is given out, once; only its SHA-256 is stored."""

    plain: str

    @property
    def sha256(self) -> bytes:
        """What is stored and looked up."""
        return digest(self.plain)


def new_secret(prefix: str = "") -> Secret:
    """Return a fresh random token; the prefix tells people and secret scanners what it is."""
    return Secret(prefix + token_urlsafe(BYTES))


def digest(plain: str) -> bytes:
    """Return the SHA-256 of a token; any text will do, also one that came from outside."""
    return sha256(plain.encode("utf-8", "surrogatepass")).digest()
