"""How many accounts there are, kept by triggers: counting 20,000 rows was most of what showing one account cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TRIGGERS = {
    "insert": "insert on accounts begin update account_totals set accounts = accounts + 1, "
    "suspended = suspended + new.suspended; end",
    "delete": "delete on accounts begin update account_totals set accounts = accounts - 1, "
    "suspended = suspended - old.suspended; end",
    "suspend": "update of suspended on accounts begin update account_totals set "
    "suspended = suspended - old.suspended + new.suspended; end",
}


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "account_totals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("suspended", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_totals")),
    )
    op.execute("insert into account_totals select 1, count(*), count(*) filter (where suspended) from accounts")
    for name, body in _TRIGGERS.items():
        op.execute(f"create trigger account_totals_{name} after {body}")
