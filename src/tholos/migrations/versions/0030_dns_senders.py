"""With which key a zone of another server was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("dns_received", sa.Column("sender", sa.String(), server_default="", nullable=False))
    op.create_index(op.f("ix_dns_received_sender"), "dns_received", ["sender"], unique=False)
