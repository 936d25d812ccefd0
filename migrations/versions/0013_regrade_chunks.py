"""Parts of a regrade, so that several workers can judge it at once; since when it has been judged."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
oldest_program: str = "0012"
loses: str = "how far regrades that are in progress have been judged; what has been judged is kept"


def upgrade() -> None:
    op.add_column("regrades", sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "regrade_chunks",
        sa.Column("regrade_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("submission_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regrade_id"], ["regrades.id"], name=op.f("fk_regrade_chunks_regrade_id_regrades"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("regrade_id", "number", name=op.f("pk_regrade_chunks")),
    )


def downgrade() -> None:
    op.drop_table("regrade_chunks")
    op.drop_column("regrades", "planned_at")
