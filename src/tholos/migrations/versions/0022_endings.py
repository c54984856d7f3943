"""Users whose processes are to end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "endings",
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("uid", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("batch", "uid", name=op.f("pk_endings")),
    )
