"""The account that PostgreSQL and Valkey run as: never root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from grader.local.errors import LocalError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group to change to before a server starts; both None mean ourselves."""

    uid: int | None = None
    gid: int | None = None

    @property
    def is_another(self) -> bool:
        """Whether the servers run as somebody else than we do."""
        return self.uid is not None

    @property
    def groups(self) -> list[int] | None:
        """The supplementary groups to keep: none of root's."""
        return [] if self.is_another else None

    def own(self, path: Path) -> None:
        """Give a path of ours to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


OURSELVES = Account()


def server_account() -> Account:
    """Return the account for servers: an existing unprivileged one for root (PostgreSQL refuses root), else ourselves."""
    if os.geteuid() != 0:
        return OURSELVES
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError as error:
        raise LocalError(
            f"PostgreSQL does not run as root, and this machine has no account {UNPRIVILEGED!r} to run it as: "
            "start as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from error
    return Account(entry.pw_uid, entry.pw_gid)
