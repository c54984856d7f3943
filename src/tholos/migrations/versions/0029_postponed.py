"""What waits for servers that are out of service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "postponed",
        sa.Column("server", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("server", "scope", "key", name=op.f("pk_postponed")),
    )
