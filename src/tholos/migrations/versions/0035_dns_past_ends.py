"""What is remembered of deleted zones ends some day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("dns_past", sa.Column("account", sa.String(), server_default="", nullable=False))
    op.add_column("dns_past", sa.Column("deleted", sa.DateTime(), nullable=True))
    op.execute(
        "UPDATE dns_past SET deleted = datetime('now', 'localtime') || '.000000'"
        " WHERE zone NOT IN (SELECT zone FROM dns_domains)"
    )
    op.create_index(op.f("ix_dns_past_deleted"), "dns_past", ["deleted"], unique=False)
    op.create_index(op.f("ix_dns_past_account"), "dns_past", ["account", "deleted"], unique=False)
