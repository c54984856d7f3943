"""What is remembered of deleted zones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "dns_past",
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("deletions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("zone", name=op.f("pk_dns_past")),
    )
