"""The list of people is read in the order of an index, and the drafts of an assignment are found by one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
loses: str = ""


def upgrade() -> None:
    op.create_index("ix_users_lower_name", "users", [sa.text("lower(name)"), "id"])
    op.create_index(op.f("ix_drafts_place"), "drafts", ["place"])


def downgrade() -> None:
    op.drop_index(op.f("ix_drafts_place"), table_name="drafts")
    op.drop_index("ix_users_lower_name", table_name="users")
