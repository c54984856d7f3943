"""How much of what is kept for repeats is whose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("repeats", sa.Column("account", sa.String(), server_default="", nullable=False))
    op.add_column("repeats", sa.Column("used", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_repeats_account_used", "repeats", ["account", "used"], unique=False)
