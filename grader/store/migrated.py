from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from grader.store.migrate import configuration


def is_current(session: Session) -> bool:
    """Tell whether the database has the schema that this version of the code knows."""
    known = ScriptDirectory.from_config(configuration()).get_heads()
    return set(MigrationContext.configure(session.connection()).get_current_heads()) == set(known)
