"""One grading of each submission counts; variants and submissions of assignments; what people prefer."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("gradings", sa.Column("counts", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column(
        "gradings", sa.Column("overrides", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.add_column("gradings", sa.Column("overrides_key", sa.Text(), server_default="", nullable=False))
    op.add_column("gradings", sa.Column("verdicts", sa.Text(), server_default="", nullable=False))
    op.add_column("gradings", sa.Column("first_wrong", sa.Text(), nullable=True))
    op.add_column(
        "gradings", sa.Column("mistakes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.drop_constraint(op.f("uq_gradings_submission_id_revision_judge_version"), "gradings", type_="unique")
    _say_which_counts()
    op.create_index(
        "ix_gradings_counting", "gradings", ["submission_id"], unique=True, postgresql_where=sa.text("counts")
    )
    op.create_unique_constraint(
        op.f("uq_gradings_submission_id_revision_judge_version_overrides_key"),
        "gradings",
        ["submission_id", "revision", "judge_version", "overrides_key"],
    )
    op.add_column("sessions", sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    op.add_column("sessions", sa.Column("agent", sa.Text(), nullable=True))
    op.add_column("sessions", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(op.f("uq_sessions_id"), "sessions", ["id"])
    op.add_column("sign_in_links", sa.Column("purpose", sa.Text(), server_default="sign-in", nullable=False))
    op.add_column("submissions", sa.Column("assignment_id", sa.BigInteger(), nullable=True))
    op.create_index(
        op.f("ix_submissions_assignment_id_learner_id_submitted_at"),
        "submissions",
        ["assignment_id", "learner_id", "submitted_at"],
        unique=False,
        postgresql_where=sa.text("assignment_id IS NOT NULL"),
    )
    op.create_foreign_key(op.f("fk_submissions_assignment_id"), "submissions", "assignments", ["assignment_id"], ["id"])
    op.add_column("users", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("time_zone", sa.Text(), nullable=True))
    op.drop_constraint(op.f("pk_variants"), "variants", type_="primary")
    op.add_column("variants", sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    op.create_primary_key(op.f("pk_variants"), "variants", ["id"])
    op.add_column("variants", sa.Column("assignment_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_variants_assignment_id"), "variants", ["assignment_id"], unique=False)
    op.create_unique_constraint(
        op.f("uq_variants_learner_id_slug_assignment_id"),
        "variants",
        ["learner_id", "slug", "assignment_id"],
        postgresql_nulls_not_distinct=True,
    )
    op.create_foreign_key(
        op.f("fk_variants_assignment_id"), "variants", "assignments", ["assignment_id"], ["id"], ondelete="CASCADE"
    )
    op.drop_constraint(op.f("ck_users_role"), "users", type_="check")
    op.create_check_constraint(op.f("ck_users_role"), "users", "role IN ('student', 'instructor', 'administrator')")


def downgrade() -> None:
    op.execute("UPDATE users SET role = 'instructor' WHERE role = 'administrator'")
    op.drop_constraint(op.f("ck_users_role"), "users", type_="check")
    op.create_check_constraint(op.f("ck_users_role"), "users", "role IN ('student', 'instructor')")
    op.execute("DELETE FROM variants WHERE assignment_id IS NOT NULL")
    op.drop_constraint(op.f("fk_variants_assignment_id"), "variants", type_="foreignkey")
    op.drop_constraint(op.f("uq_variants_learner_id_slug_assignment_id"), "variants", type_="unique")
    op.drop_index(op.f("ix_variants_assignment_id"), table_name="variants")
    op.drop_column("variants", "assignment_id")
    op.drop_constraint(op.f("pk_variants"), "variants", type_="primary")
    op.drop_column("variants", "id")
    op.create_primary_key(op.f("pk_variants"), "variants", ["learner_id", "slug"])
    op.drop_column("users", "time_zone")
    op.drop_column("users", "language")
    op.drop_constraint(op.f("fk_submissions_assignment_id"), "submissions", type_="foreignkey")
    op.drop_index(
        op.f("ix_submissions_assignment_id_learner_id_submitted_at"),
        table_name="submissions",
        postgresql_where=sa.text("assignment_id IS NOT NULL"),
    )
    op.drop_column("submissions", "assignment_id")
    op.drop_column("sign_in_links", "purpose")
    op.drop_constraint(op.f("uq_sessions_id"), "sessions", type_="unique")
    op.drop_column("sessions", "seen_at")
    op.drop_column("sessions", "agent")
    op.drop_column("sessions", "id")
    op.execute("DELETE FROM gradings WHERE NOT counts")
    op.drop_constraint(
        op.f("uq_gradings_submission_id_revision_judge_version_overrides_key"), "gradings", type_="unique"
    )
    op.drop_index("ix_gradings_counting", table_name="gradings", postgresql_where=sa.text("counts"))
    op.create_unique_constraint(
        op.f("uq_gradings_submission_id_revision_judge_version"),
        "gradings",
        ["submission_id", "revision", "judge_version"],
        postgresql_nulls_not_distinct=False,
    )
    op.drop_column("gradings", "mistakes")
    op.drop_column("gradings", "first_wrong")
    op.drop_column("gradings", "verdicts")
    op.drop_column("gradings", "overrides_key")
    op.drop_column("gradings", "overrides")
    op.drop_column("gradings", "counts")


def _say_which_counts() -> None:
    """Until now the newest counted; verdicts and mistakes are in the reports already."""
    op.execute(
        """
        UPDATE gradings SET
            counts = NOT EXISTS (
                SELECT FROM gradings newer WHERE newer.submission_id = gradings.submission_id AND newer.id > gradings.id
            ),
            first_wrong = report ->> 'first_wrong',
            verdicts = (
                SELECT coalesce(string_agg(
                    CASE field.value ->> 'verdict'
                        WHEN 'correct' THEN 'c' WHEN 'follows' THEN 'f' WHEN 'imprecise' THEN 'i'
                        WHEN 'mistaken' THEN 'm' WHEN 'wrong' THEN 'w' ELSE '-'
                    END, '' ORDER BY field.place), '')
                FROM json_each(report -> 'fields') WITH ORDINALITY AS field (key, value, place)
            ),
            mistakes = (
                SELECT jsonb_object_agg(field.key, field.value #>> '{mistake,id}')
                FROM json_each(report -> 'fields') AS field
                WHERE field.value #>> '{mistake,id}' IS NOT NULL
            )
        """
    )
