"""An order of the queue that is fair between learners."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
oldest_program: str = "0014"
loses: str = "the fair order of what waits to be judged; it is judged in order of arrival"


def upgrade() -> None:
    op.add_column("waiting", sa.Column("learner_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "waiting", sa.Column("turn", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
    )
    op.execute("UPDATE waiting SET turn = since")
    op.create_index(op.f("ix_waiting_tries_turn"), "waiting", ["tries", "turn"])
    op.create_index(op.f("ix_waiting_learner_id_turn"), "waiting", ["learner_id", "turn"])
    op.drop_index(op.f("ix_waiting_tries_since"), table_name="waiting")


def downgrade() -> None:
    op.create_index(op.f("ix_waiting_tries_since"), "waiting", ["tries", "since"])
    op.drop_index(op.f("ix_waiting_learner_id_turn"), table_name="waiting")
    op.drop_index(op.f("ix_waiting_tries_turn"), table_name="waiting")
    op.drop_column("waiting", "turn")
    op.drop_column("waiting", "learner_id")
