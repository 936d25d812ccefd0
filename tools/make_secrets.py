"""Generate the passwords of a deployment once: `python tools/make_secrets.py DIRECTORY NAME...`.

Each becomes a file of that name, readable only by its owner; existing files stay as they are.
"""

import os
import secrets
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

BYTES = 32


def main(arguments: list[str]) -> int:
    """Generate missing secrets; return the exit code."""
    directory = Path(arguments[0])
    for name in arguments[1:]:
        sys.stdout.write(f"{name}: {'made' if make(directory / name) else 'there already'}\n")
    return 0


def make(file: Path) -> bool:
    """Write a random secret unless the file exists; atomic, and only one of two concurrent calls succeeds."""
    if file.exists():
        return False
    with NamedTemporaryFile(mode="w", encoding="utf-8", dir=file.parent) as draft:
        draft.write(secrets.token_urlsafe(BYTES))
        draft.flush()
        os.fsync(draft.fileno())
        os.fchmod(draft.fileno(), 0o400)
        try:
            os.link(draft.name, file)
        except FileExistsError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
