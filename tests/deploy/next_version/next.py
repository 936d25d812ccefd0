"""A migration of the next version, for the tests: a column that the programs of today know nothing of."""

import sqlalchemy as sa
from alembic import op

revision: str = "9000"
down_revision: str | None = "HEAD"
branch_labels: str | None = None
depends_on: str | None = None
oldest_program: str = "HEAD"
loses: str = "nothing"


def upgrade() -> None:
    op.add_column("submissions", sa.Column("of_the_next_version", sa.Text(), nullable=True, server_default="new"))


def downgrade() -> None:
    op.drop_column("submissions", "of_the_next_version")
