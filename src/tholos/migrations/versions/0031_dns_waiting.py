"""Records that another server sent are rows; how much an account was sent; calls that are put off to a last moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_LONGEST = 6 * 60 * 60


def upgrade() -> None:
    """Go to this revision."""
    _records()
    op.create_table(
        "dns_received_sizes",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.name"], name=op.f("fk_dns_received_sizes_account_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_dns_received_sizes")),
    )
    op.drop_index(op.f("ix_dns_received_sender"), "dns_received")
    op.create_index("ix_dns_received_sender", "dns_received", ["sender", "src"], unique=False)
    op.add_column("due_calls", sa.Column("latest", sa.Integer(), nullable=True))
    dropped = "command = 'v-delete-dns-domains-dropped'"
    op.execute(f"UPDATE due_calls SET latest = at + {_LONGEST} WHERE {dropped}")  # noqa: S608 - they are our own words.


def _records() -> None:
    op.create_table(
        "dns_received_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account", "domain"],
            ["dns_received.account", "dns_received.domain"],
            name=op.f("fk_dns_received_records_account_dns_received"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dns_received_records")),
    )
    op.create_index("ix_dns_received_records_zone", "dns_received_records", ["account", "domain"], unique=False)
    op.add_column("dns_received", sa.Column("replaced", sa.Boolean(), server_default="0", nullable=False))
    op.execute("UPDATE dns_received SET replaced = 1 WHERE records IS NOT NULL")
    # The file comes first, and what was added to it second.
    op.execute(
        "INSERT INTO dns_received_records (account, domain, total, text) "
        "SELECT account, domain, length(records), records FROM dns_received WHERE records != ''"
    )
    op.execute(
        "INSERT INTO dns_received_records (account, domain, total, text) "
        "SELECT account, domain, length(coalesce(records, '')) + length(added), added FROM dns_received "
        "WHERE added != ''"
    )
    op.drop_column("dns_received", "records")
    op.drop_column("dns_received", "added")
