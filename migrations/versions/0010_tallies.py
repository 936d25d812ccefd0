"""Sums that are kept: results of learners, tallies of exercises, counts of verdicts; indexes for lists by client."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
loses: str = "sums for overviews; a later upgrade computes them again"

TIME = sa.DateTime(timezone=True)

FILL = (
    """
INSERT INTO results (learner_id, slug, client_id, learner_ref, attempts, practice_graded, practice_failed, practice_unusable, updated_at, practice_failed_at, submission_id, submitted_at, given, max, practice_submission_id, practice_submitted_at, practice_given, practice_max, practice_grading_id)
    SELECT learner_id, slug, client_id, learner_ref, attempts, practice_graded, practice_failed, practice_unusable, updated_at, practice_failed_at, submission_id, submitted_at, given, max, practice_submission_id, practice_submitted_at, practice_given, practice_max, practice_grading_id
    FROM (
SELECT
    learner_id, slug, client_id, learner_ref,
    count(grading_id) AS attempts,
    max(counts_since) AS updated_at,
    (array_agg(id ORDER BY given / nullif(max, 0) DESC NULLS LAST, submitted_at, id) FILTER (WHERE grading_id IS NOT NULL))[1] AS submission_id,
    (array_agg(submitted_at ORDER BY given / nullif(max, 0) DESC NULLS LAST, submitted_at, id) FILTER (WHERE grading_id IS NOT NULL))[1] AS submitted_at,
    (array_agg(given ORDER BY given / nullif(max, 0) DESC NULLS LAST, submitted_at, id) FILTER (WHERE grading_id IS NOT NULL))[1] AS given,
    (array_agg(max ORDER BY given / nullif(max, 0) DESC NULLS LAST, submitted_at, id) FILTER (WHERE grading_id IS NOT NULL))[1] AS max,
    count(*) FILTER (WHERE grading_id IS NOT NULL AND assignment_id IS NULL) AS practice_graded,
    count(*) FILTER (WHERE is_failed AND assignment_id IS NULL AND NOT is_unusable) AS practice_failed,
    count(*) FILTER (WHERE is_failed AND assignment_id IS NULL AND is_unusable) AS practice_unusable,
    max(submitted_at) FILTER (WHERE is_failed AND assignment_id IS NULL AND NOT is_unusable) AS practice_failed_at,
    (array_agg(id ORDER BY given / nullif(max, 0) DESC NULLS LAST, submitted_at, id) FILTER (WHERE grading_id IS NOT NULL AND assignment_id IS NULL))[1] AS practice_submission_id,
    (array_agg(submitted_at ORDER BY given / nullif(max, 0) DESC NULLS LAST, submitted_at, id) FILTER (WHERE grading_id IS NOT NULL AND assignment_id IS NULL))[1] AS practice_submitted_at,
    (array_agg(given ORDER BY given / nullif(max, 0) DESC NULLS LAST, submitted_at, id) FILTER (WHERE grading_id IS NOT NULL AND assignment_id IS NULL))[1] AS practice_given,
    (array_agg(max ORDER BY given / nullif(max, 0) DESC NULLS LAST, submitted_at, id) FILTER (WHERE grading_id IS NOT NULL AND assignment_id IS NULL))[1] AS practice_max,
    (array_agg(grading_id ORDER BY given / nullif(max, 0) DESC NULLS LAST, submitted_at, id) FILTER (WHERE grading_id IS NOT NULL AND assignment_id IS NULL))[1] AS practice_grading_id
FROM (
    SELECT
        submissions.id, submissions.learner_id, submissions.slug, submissions.submitted_at, submissions.assignment_id,
        learners.client_id, learners.ref AS learner_ref,
        gradings.id AS grading_id, gradings.given, gradings.max,
        coalesce(gradings.counts_since, gradings.graded_at) AS counts_since,
        gradings.id IS NULL AND failures.submission_id IS NOT NULL AS is_failed,
        failures.unusable_file IS NOT NULL AS is_unusable
    FROM submissions
    JOIN learners ON learners.id = submissions.learner_id
    LEFT JOIN gradings ON gradings.submission_id = submissions.id AND gradings.counts
    LEFT JOIN failures ON failures.submission_id = submissions.id
    WHERE true
) AS outcomes
GROUP BY learner_id, slug, client_id, learner_ref
) AS new
    WHERE attempts + practice_failed + practice_unusable > 0
    """,
    """
INSERT INTO exercise_tallies (slug, learners, graded, failed, unusable)
    SELECT slug, count(*), sum(practice_graded), sum(practice_failed), sum(practice_unusable)
    FROM results WHERE practised GROUP BY slug
    """,
    """
INSERT INTO verdict_counts (slug, field, verdict, times)
    SELECT results.slug, fields.key, fields.value ->> 'verdict', count(*)
    FROM results JOIN gradings ON gradings.id = results.practice_grading_id
    CROSS JOIN json_each(gradings.report -> 'fields') AS fields
    GROUP BY 1, 2, 3
    """,
)


def upgrade() -> None:
    op.create_table(
        "results",
        sa.Column("learner_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("learner_ref", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("updated_at", TIME, nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", TIME, nullable=True),
        sa.Column("given", sa.Float(), nullable=True),
        sa.Column("max", sa.Float(), nullable=True),
        sa.Column("practice_graded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("practice_failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("practice_unusable", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "practised",
            sa.Boolean(),
            sa.Computed("practice_graded + practice_failed + practice_unusable > 0", persisted=True),
            nullable=False,
        ),
        sa.Column("practice_failed_at", TIME, nullable=True),
        sa.Column("practice_submission_id", sa.Uuid(), nullable=True),
        sa.Column("practice_submitted_at", TIME, nullable=True),
        sa.Column("practice_given", sa.Float(), nullable=True),
        sa.Column("practice_max", sa.Float(), nullable=True),
        sa.Column("practice_grading_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_results_learner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_results_client_id")),
        sa.PrimaryKeyConstraint("learner_id", "slug", name=op.f("pk_results")),
    )
    counts = [sa.Column(name, sa.BigInteger(), nullable=False) for name in ("learners", "graded", "failed", "unusable")]
    op.create_table(
        "exercise_tallies",
        sa.Column("slug", sa.Text(), nullable=False),
        *counts,
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_exercise_tallies")),
    )
    op.create_table(
        "verdict_counts",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("slug", "field", "verdict")),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slug", "field", "verdict", name=op.f("pk_verdict_counts")),
    )
    for statement in FILL:
        op.execute(statement)
    _index()


def _index() -> None:
    op.create_index(
        op.f("ix_results_client_id_updated_at_learner_id_slug"),
        "results",
        ["client_id", "updated_at", "learner_id", "slug"],
        postgresql_where=sa.text("updated_at IS NOT NULL"),
    )
    op.create_index(
        "ix_results_failed", "results", ["slug", "practice_failed_at"], postgresql_where=sa.text("practice_failed > 0")
    )
    op.create_index(
        "ix_results_practice",
        "results",
        ["slug", "learner_ref", "learner_id"],
        postgresql_where=sa.text("practised"),
    )
    op.create_index(
        op.f("ix_submissions_client_id_submitted_at_id"), "submissions", ["client_id", "submitted_at", "id"]
    )
    op.create_index(
        op.f("ix_submissions_client_id_slug_submitted_at_id"),
        "submissions",
        ["client_id", "slug", "submitted_at", "id"],
    )
    op.create_index(
        "ix_submissions_practice",
        "submissions",
        ["slug", "submitted_at", "id"],
        postgresql_where=sa.text("assignment_id IS NULL"),
    )
    op.drop_index(op.f("ix_submissions_slug_submitted_at_id"), table_name="submissions")


def downgrade() -> None:
    op.create_index(op.f("ix_submissions_slug_submitted_at_id"), "submissions", ["slug", "submitted_at", "id"])
    op.drop_index("ix_submissions_practice", table_name="submissions")
    op.drop_index(op.f("ix_submissions_client_id_slug_submitted_at_id"), table_name="submissions")
    op.drop_index(op.f("ix_submissions_client_id_submitted_at_id"), table_name="submissions")
    op.drop_table("verdict_counts")
    op.drop_table("exercise_tallies")
    op.drop_table("results")
