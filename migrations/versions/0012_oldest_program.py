"""The oldest version of the programs that works with this schema, so that an old one knows whether it may go on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
oldest_program: str = "0011"
loses: str = ""


def upgrade() -> None:
    op.create_table(
        "schema_support",
        sa.Column("oldest_program", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("oldest_program", name=op.f("pk_schema_support")),
    )


def downgrade() -> None:
    op.drop_table("schema_support")
