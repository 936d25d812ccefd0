"""One grading of each submission counts; regrades, messages and a log; variants and submissions of assignments."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
loses: str = "regrades, messages, the audit log, gradings that do not count, which assignment a submission belongs to, values drawn for assignments, languages, time zones, the role of administrators (they become instructors)"

COUNTING: dict[str, Any] = {"postgresql_where": sa.text("counts"), "postgresql_include": ["id", "given", "max"]}
JSONB = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def upgrade() -> None:
    _make_what_happens_to_marks()
    op.add_column("gradings", sa.Column("counts", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("gradings", sa.Column("overrides", JSONB, nullable=True))
    op.add_column("gradings", sa.Column("overrides_key", sa.Text(), server_default="", nullable=False))
    op.add_column("gradings", sa.Column("verdicts", sa.Text(), server_default="", nullable=False))
    op.add_column("gradings", sa.Column("first_wrong", sa.Text(), nullable=True))
    op.add_column("gradings", sa.Column("mistakes", JSONB, nullable=True))
    op.drop_constraint(op.f("uq_gradings_submission_id_revision_judge_version"), "gradings", type_="unique")
    _say_which_counts()
    op.create_index("ix_gradings_counting", "gradings", ["submission_id"], unique=True, **COUNTING)
    op.create_unique_constraint(
        op.f("uq_gradings_submission_id_revision_judge_version_overrides_key"),
        "gradings",
        ["submission_id", "revision", "judge_version", "overrides_key"],
    )
    op.add_column("sessions", sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    op.add_column("sessions", sa.Column("agent", sa.Text(), nullable=True))
    op.add_column("sessions", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("begun_by", sa.Text(), server_default="password", nullable=False))
    op.create_unique_constraint(op.f("uq_sessions_id"), "sessions", ["id"])
    op.add_column("sign_in_links", sa.Column("purpose", sa.Text(), server_default="sign-in", nullable=False))
    op.add_column("submissions", sa.Column("assignment_id", sa.BigInteger(), nullable=True))
    op.create_index(
        op.f("ix_submissions_assignment_id_learner_id_submitted_at_id"),
        "submissions",
        ["assignment_id", "learner_id", "submitted_at", "id"],
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
        op.f("ix_submissions_assignment_id_learner_id_submitted_at_id"),
        table_name="submissions",
        postgresql_where=sa.text("assignment_id IS NOT NULL"),
    )
    op.drop_column("submissions", "assignment_id")
    op.drop_column("sign_in_links", "purpose")
    op.drop_constraint(op.f("uq_sessions_id"), "sessions", type_="unique")
    op.drop_column("sessions", "begun_by")
    op.drop_column("sessions", "seen_at")
    op.drop_column("sessions", "agent")
    op.drop_column("sessions", "id")
    op.execute("DELETE FROM gradings WHERE NOT counts")
    op.drop_constraint(
        op.f("uq_gradings_submission_id_revision_judge_version_overrides_key"), "gradings", type_="unique"
    )
    op.drop_index("ix_gradings_counting", table_name="gradings", **COUNTING)
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
    for table in ("regrade_results", "messages", "audit", "regrades"):
        op.drop_table(table)


def _make_what_happens_to_marks() -> None:
    op.create_table(
        "regrades",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("judge_version", sa.Integer(), nullable=False),
        sa.Column("overrides", JSONB, nullable=False),
        sa.Column("overrides_key", sa.Text(), nullable=False),
        sa.Column("policy", JSONB, nullable=False),
        sa.Column("before", JSONB, nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.BigInteger(), nullable=True),
        sa.Column("rolled_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rolled_back_by", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'ready', 'applying', 'applied', 'rolling-back', 'rolled-back', 'discarded', 'failed')",
            name=op.f("ck_regrades_state"),
        ),
        sa.ForeignKeyConstraint(["applied_by"], ["users.id"], name=op.f("fk_regrades_applied_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_regrades_asked_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_regrades_assignment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["revision"], ["revisions.revision"], name=op.f("fk_regrades_revision")),
        sa.ForeignKeyConstraint(
            ["rolled_back_by"], ["users.id"], name=op.f("fk_regrades_rolled_back_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrades")),
    )
    op.create_index(op.f("ix_regrades_assignment_id"), "regrades", ["assignment_id"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=True),
        sa.Column("assignment_id", sa.BigInteger(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("detail", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_actor_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_audit_assignment_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_audit_course_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["subject_id"], ["users.id"], name=op.f("fk_audit_subject_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_audit_submission_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_course_id_id"), "audit", ["course_id", "id"], unique=False)
    op.create_index(op.f("ix_audit_subject_id_id"), "audit", ["subject_id", "id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("to_user", sa.BigInteger(), nullable=False),
        sa.Column("from_user", sa.BigInteger(), nullable=True),
        sa.Column("assignment_id", sa.BigInteger(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_messages_assignment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["from_user"], ["users.id"], name=op.f("fk_messages_from_user"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_messages_submission_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["to_user"], ["users.id"], name=op.f("fk_messages_to_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_assignment_id"), "messages", ["assignment_id"], unique=False)
    op.create_index(op.f("ix_messages_to_user_sent_at"), "messages", ["to_user", "sent_at"], unique=False)
    op.create_table(
        "regrade_results",
        sa.Column("regrade_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("before_id", sa.BigInteger(), nullable=True),
        sa.Column("after_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["after_id"], ["gradings.id"], name=op.f("fk_regrade_results_after_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["before_id"], ["gradings.id"], name=op.f("fk_regrade_results_before_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["regrade_id"], ["regrades.id"], name=op.f("fk_regrade_results_regrade_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_regrade_results_submission_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("regrade_id", "submission_id", name=op.f("pk_regrade_results")),
    )
    op.create_index(op.f("ix_regrade_results_after_id"), "regrade_results", ["after_id"], unique=False)
    op.create_index(op.f("ix_regrade_results_before_id"), "regrade_results", ["before_id"], unique=False)
    op.create_index(op.f("ix_regrade_results_submission_id"), "regrade_results", ["submission_id"], unique=False)


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
