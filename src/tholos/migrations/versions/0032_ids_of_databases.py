"""Numbers of databases are never given twice; logins that are a job's alone; what a job is also about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_DATABASES = "id, account, host_id, name, login, password_hash, charset, disk, suspended, created"
_GUESTS = "id, database_id, login, password_hash"
_KEPT = {"databases": _DATABASES, "database_guests": _GUESTS}
_GIVEN = (
    "SELECT max(id) AS id FROM databases UNION ALL "
    "SELECT max(json_extract(arguments, '$.database')) FROM jobs UNION ALL "
    "SELECT max(json_extract(arguments, '$.old')) FROM jobs WHERE kind = 'database.owner' UNION ALL "
    "SELECT max(json_extract(arguments, '$.new')) FROM jobs WHERE kind = 'database.owner'"
)
"""Every number that a job may still have, also of what is gone."""
_TARGET = (
    "SELECT 'database ' || name || ' at ' || type || ' ' || host "
    "FROM databases JOIN database_hosts ON database_hosts.id = host_id "
    "WHERE databases.id = json_extract(arguments, '$.new')"
)


def upgrade() -> None:
    """Go to this revision."""
    # SQLite says only while a table is made that its numbers are not given again.
    for table, columns in _KEPT.items():
        op.execute(f"CREATE TABLE kept_{table} AS SELECT {columns} FROM {table}")  # noqa: S608 - our own words.
    op.drop_table("database_guests")
    op.drop_table("databases")
    _databases()
    _guests()
    for table, columns in _KEPT.items():
        op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept_{table}")  # noqa: S608 - see above.
        op.drop_table(f"kept_{table}")
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'databases'")
    last = f"SELECT 'databases', max(id) FROM ({_GIVEN}) HAVING max(id) IS NOT NULL"  # noqa: S608 - see above.
    op.execute(f"INSERT INTO sqlite_sequence (name, seq) {last}")
    op.add_column("jobs", sa.Column("also", sa.String(), server_default="", nullable=False))
    op.execute(f"UPDATE jobs SET also = coalesce(({_TARGET}), '') WHERE kind = 'database.owner'")  # noqa: S608


def _databases() -> None:
    op.create_table(
        "databases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "login", "password_hash")),
        sa.Column("lent_hash", sa.String(), server_default="", nullable=False),
        sa.Column("charset", sa.String(), nullable=False),
        sa.Column("disk", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name=op.f("fk_databases_account_accounts")),
        sa.ForeignKeyConstraint(["host_id"], ["database_hosts.id"], name=op.f("fk_databases_host_id_database_hosts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_databases")),
        sa.UniqueConstraint("host_id", "name", name=op.f("uq_databases_host_id_name")),
        sa.UniqueConstraint("host_id", "login", name=op.f("uq_databases_host_id_login")),
        sqlite_autoincrement=True,
    )
    for column in ("account", "name", "login"):
        op.create_index(op.f(f"ix_databases_{column}"), "databases", [column], unique=False)


def _guests() -> None:
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
