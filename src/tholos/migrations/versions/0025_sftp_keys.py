"""Keys for copying files for a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "sftp_keys",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("shell", sa.String(), nullable=False),
        sa.Column("expires", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_sftp_keys")),
    )
