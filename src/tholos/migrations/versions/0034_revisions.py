"""Entity tags know how often a password was set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "revisions",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_revisions")),
    )
