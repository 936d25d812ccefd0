"""How many submissions of a regrade had an outcome when it was planned, to tell how long the others take."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
oldest_program: str = "0013"
loses: str = ""


def upgrade() -> None:
    op.add_column("regrades", sa.Column("known_when_planned", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("regrades", "known_when_planned")
