"""Files of weights: kept once each, referred to by submissions, which are then judged alone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
loses: str = "uploaded files, and which submission each belongs to"


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    # What was packed once, as weights mostly are not, gains nothing from a second packing.
    op.execute("ALTER TABLE blobs ALTER COLUMN content SET STORAGE EXTERNAL")
    op.add_column("submissions", sa.Column("blob_sha256", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_submissions_blob_sha256"), "submissions", "blobs", ["blob_sha256"], ["sha256"])
    op.create_index(
        op.f("ix_submissions_blob_sha256"),
        "submissions",
        ["blob_sha256"],
        unique=False,
        postgresql_where=sa.text("blob_sha256 IS NOT NULL"),
    )
    op.add_column("waiting", sa.Column("alone", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("waiting", "alone")
    op.drop_index(
        op.f("ix_submissions_blob_sha256"),
        table_name="submissions",
        postgresql_where=sa.text("blob_sha256 IS NOT NULL"),
    )
    op.drop_constraint(op.f("fk_submissions_blob_sha256"), "submissions", type_="foreignkey")
    op.drop_column("submissions", "blob_sha256")
    op.drop_table("blobs")
