"""Which task of which worker has taken up a regrade, so that one that died can be followed at once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
loses: str = "which worker holds a regrade (it is taken over when its lease ends)"


def upgrade() -> None:
    op.add_column("regrades", sa.Column("holder", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("regrades", "holder")
