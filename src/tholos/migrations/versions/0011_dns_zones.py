"""Zones, their records, and BIND as the name server."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_SETTINGS = {"DNS_SYSTEM": "bind9", "DNS_CLUSTER_SYSTEM": "hestia", "SUPPORT_DNSSEC": "yes"}


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "dns_domains",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=False),
        sa.Column("ip", sa.String(), nullable=False),
        sa.Column("template", sa.String(), server_default="default", nullable=False),
        sa.Column("ttl", sa.Integer(), server_default="14400", nullable=False),
        sa.Column("expires", sa.String(), server_default="", nullable=False),
        sa.Column("soa", sa.String(), server_default="", nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("src", sa.String(), server_default="", nullable=False),
        sa.Column("dnssec", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("slave", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("master", sa.String(), server_default="", nullable=False),
        sa.Column("suspended", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name=op.f("fk_dns_domains_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dns_domains")),
        sa.UniqueConstraint("zone", name=op.f("uq_dns_domains_zone")),
    )
    op.create_index(op.f("ix_dns_domains_account"), "dns_domains", ["account"], unique=False)
    op.create_index(op.f("ix_dns_domains_parent"), "dns_domains", ["parent"], unique=False)
    op.create_table(
        "dns_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("ttl", sa.Integer(), nullable=True),
        sa.Column("suspended", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"],
            ["dns_domains.id"],
            name=op.f("fk_dns_records_domain_id_dns_domains"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dns_records")),
        sa.UniqueConstraint("domain_id", "number", name=op.f("uq_dns_records_domain_id_number")),
    )
    _set_up()


def _set_up() -> None:
    """Settings that somebody has given a value stay as they are."""
    connection = op.get_bind()
    settings = sa.Table("settings", sa.MetaData(), autoload_with=connection)
    there = set(connection.execute(sa.select(settings.c.key)).scalars())
    op.bulk_insert(settings, [{"key": key, "value": value} for key, value in _SETTINGS.items() if key not in there])
