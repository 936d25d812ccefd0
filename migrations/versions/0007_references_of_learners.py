"""A client's reference is one learner's; learners are found in any letter case; since when a grading counts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
loses: str = "since when a grading counts, why a regrade failed; references shared by several learners are renamed"

REFERENCED = sa.text("client_ref IS NOT NULL")
COUNTING = sa.text("counts")


def upgrade() -> None:
    op.create_index(
        op.f("ix_submissions_learner_id_client_ref"),
        "submissions",
        ["learner_id", "client_ref"],
        unique=True,
        postgresql_where=REFERENCED,
    )
    op.drop_index(op.f("ix_submissions_client_id_client_ref"), table_name="submissions")
    op.create_index("ix_learners_client_id_lower_ref", "learners", ["client_id", sa.text("lower(ref)")])
    op.add_column("gradings", sa.Column("counts_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_gradings_counts_since",
        "gradings",
        [sa.text("coalesce(counts_since, graded_at)")],
        postgresql_where=COUNTING,
    )
    op.drop_index(op.f("ix_gradings_graded_at"), table_name="gradings")
    op.add_column("regrade_results", sa.Column("failure", sa.Text(), nullable=True))
    op.add_column("waiting", sa.Column("holder", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("waiting", "holder")
    op.drop_column("regrade_results", "failure")
    op.create_index(op.f("ix_gradings_graded_at"), "gradings", ["graded_at"])
    op.drop_index("ix_gradings_counts_since", table_name="gradings")
    op.drop_column("gradings", "counts_since")
    op.drop_index("ix_learners_client_id_lower_ref", table_name="learners")
    _name_each_once()
    op.create_index(
        op.f("ix_submissions_client_id_client_ref"),
        "submissions",
        ["client_id", "client_ref"],
        unique=True,
        postgresql_where=REFERENCED,
    )
    op.drop_index(op.f("ix_submissions_learner_id_client_ref"), table_name="submissions")


def _name_each_once() -> None:
    """Of several submissions of a client that have the same reference, the oldest keeps it; others say whose it is."""
    op.execute(
        """
        UPDATE submissions SET client_ref = left(client_ref, 200) || ' (learner ' || learner_id || ')'
        WHERE client_ref IS NOT NULL AND EXISTS (
            SELECT FROM submissions older
            WHERE older.client_id = submissions.client_id AND older.client_ref = submissions.client_ref
            AND (older.submitted_at, older.id) < (submissions.submitted_at, submissions.id)
        )
        """
    )
