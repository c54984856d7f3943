"""Servers of the DNS cluster, what each of them has of each zone, and zones that other servers sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "dns_hosts",
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), server_default="", nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), server_default="", nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("suspended", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("sync", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wipe", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("size", sa.String(), server_default="", nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("succeeded", sa.DateTime(), nullable=True),
        sa.Column("failed", sa.DateTime(), nullable=True),
        sa.Column("error", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_dns_hosts")),
    )
    op.create_table(
        "dns_pushes",
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("acknowledged", sa.String(), server_default="", nullable=False),
        sa.Column("marked", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("error", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["host"], ["dns_hosts.host"], name=op.f("fk_dns_pushes_host_dns_hosts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("host", "domain", name=op.f("pk_dns_pushes")),
    )
    op.create_index(
        "ix_dns_pushes_marked", "dns_pushes", ["host", "marked"], unique=False, sqlite_where=sa.text("marked != 0")
    )
    op.create_index(op.f("ix_dns_pushes_domain"), "dns_pushes", ["domain"], unique=False)
    op.create_table(
        "dns_received",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("src", sa.String(), server_default="", nullable=False),
        sa.Column("line", sa.String(), server_default="", nullable=False),
        sa.Column("records", sa.String(), nullable=True),
        sa.Column("added", sa.String(), server_default="", nullable=False),
        sa.Column("condemned", sa.DateTime(), nullable=True),
        sa.Column("digest", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.name"], name=op.f("fk_dns_received_account_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account", "domain", name=op.f("pk_dns_received")),
    )
