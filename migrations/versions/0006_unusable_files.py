"""Failures tell files that cannot be used from faults of ours."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
loses: str = "why a file could not be used"

JSONB = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def upgrade() -> None:
    op.add_column("failures", sa.Column("unusable_file", JSONB, nullable=True))


def downgrade() -> None:
    op.drop_column("failures", "unusable_file")
