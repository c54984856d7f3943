"""Accounts that are confined to SFTP."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "sftp_jails",
        sa.Column("account", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_sftp_jails")),
    )
