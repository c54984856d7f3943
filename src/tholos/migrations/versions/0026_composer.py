"""Which accounts have Composer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("accounts", sa.Column("composer", sa.Boolean(), server_default="0", nullable=False))
