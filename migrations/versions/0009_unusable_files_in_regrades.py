"""A regrade tells files that cannot be used any more from faults of ours."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
loses: str = "why a file could not be used in a regrade"

JSONB = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def upgrade() -> None:
    op.add_column("regrade_results", sa.Column("unusable_file", JSONB, nullable=True))


def downgrade() -> None:
    op.drop_column("regrade_results", "unusable_file")
