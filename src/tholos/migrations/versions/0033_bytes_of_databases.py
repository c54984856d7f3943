"""What databases take is kept in bytes, so that the sum of an account is one of bytes."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Go to this revision."""
    op.execute("ALTER TABLE databases RENAME COLUMN disk TO disk_bytes")
    op.execute("UPDATE databases SET disk_bytes = disk_bytes * 1048576")
