"""Run by Alembic: migrates on the connection that `grader.store.migrate` hands over, in its transaction."""

from alembic import context
from sqlalchemy import Connection

from grader.store.database import metadata


def migrate(connection: Connection) -> None:
    """Run the migrations asked for; who gave the connection commits."""
    context.configure(connection=connection, target_metadata=metadata(), compare_server_default=True)
    context.run_migrations()


migrate(context.config.attributes["connection"])
