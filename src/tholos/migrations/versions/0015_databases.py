"""Database servers, databases, logins for a while, what is to be dropped on servers, and calls for a time to come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Go to this revision."""
    _hosts()
    _databases()
    op.create_table(
        "database_guests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("database_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["database_id"], ["databases.id"], name=op.f("fk_database_guests_database_id_databases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_database_guests")),
        sa.UniqueConstraint("login", name=op.f("uq_database_guests_login")),
    )
    op.create_index(op.f("ix_database_guests_database_id"), "database_guests", ["database_id"], unique=False)
    op.create_table(
        "sql_purges",
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("server", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("statements", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("batch", "server", "thing", name=op.f("pk_sql_purges")),
    )
    op.create_table(
        "due_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("arguments", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_calls")),
    )
    op.create_index(op.f("ix_due_calls_at"), "due_calls", ["at"], unique=False)


def _hosts() -> None:
    op.create_table(
        "database_hosts",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("type", "host")),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("password", sa.String(), server_default="", nullable=False),
        sa.Column("charsets", sa.String(), nullable=False),
        sa.Column("template", sa.String(), server_default="", nullable=False),
        sa.Column("max_db", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_database_hosts")),
        sa.UniqueConstraint("type", "host", name=op.f("uq_database_hosts_type_host")),
    )


def _databases() -> None:
    op.create_table(
        "databases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "login", "password_hash", "charset")),
        sa.Column("disk", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name=op.f("fk_databases_account_accounts")),
        sa.ForeignKeyConstraint(["host_id"], ["database_hosts.id"], name=op.f("fk_databases_host_id_database_hosts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_databases")),
        sa.UniqueConstraint("host_id", "name", name=op.f("uq_databases_host_id_name")),
        sa.UniqueConstraint("host_id", "login", name=op.f("uq_databases_host_id_login")),
    )
    for column in ("account", "name", "login"):
        op.create_index(op.f(f"ix_databases_{column}"), "databases", [column], unique=False)
