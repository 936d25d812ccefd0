from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
"""A maker of sessions: whoever takes one owns its transaction; whoever takes a `Session` joins one."""

IDLE_IN_TRANSACTION_SECONDS = 60
"""PostgreSQL ends a transaction that somebody forgot, so that no row stays locked and no result appears too late."""

_OPTIONS = f"-c timezone=UTC -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_SECONDS}s"


def connect(url: str) -> Sessions:
    """Return a maker of sessions on this database; it connects when first used.

    Connections are tried before use, so that a restart of PostgreSQL costs nobody an error.
    """
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        pool_use_lifo=True,
        connect_args={"connect_timeout": 5, "options": _OPTIONS, "application_name": "nn-grader"},
    )
    return sessionmaker(engine, expire_on_commit=False)
