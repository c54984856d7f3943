"""Addresses from which servers of the DNS cluster may transfer zones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Go to this revision."""
    with op.batch_alter_table("dns_hosts") as table:
        table.add_column(sa.Column("addresses", sa.String(), nullable=False, server_default=""))
