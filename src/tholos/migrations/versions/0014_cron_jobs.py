"""Cron jobs of accounts, and the program that runs them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "cron_jobs",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("job", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("min", "hour", "day", "month", "wday")),
        sa.Column("cron_command", sa.String(), nullable=False),
        sa.Column("suspended", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name=op.f("fk_cron_jobs_account_accounts")),
        sa.PrimaryKeyConstraint("account", "job", name=op.f("pk_cron_jobs")),
    )
    settings = sa.table("settings", sa.column("key", sa.String()), sa.column("value", sa.String()))
    op.execute(settings.delete().where(settings.c.key == "CRON_SYSTEM"))
    op.execute(settings.insert().values(key="CRON_SYSTEM", value="cron"))
