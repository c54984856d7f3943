"""What accounts use: traffic by site and month, homes on disk, the figures of each month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0016"

_BEGIN = (
    "begin insert into site_tenures (domain, account, site_id, since) values (new.domain, new.account, new.id, "
    "cast((julianday('now') - 2440587.5) * 86400000 as integer)); end"
)
_MOVED = "new.domain <> old.domain or new.account <> old.account"
_TRIGGERS = {
    "begin": f"insert on web_domains {_BEGIN}",
    "change": f"update of domain, account on web_domains when {_MOVED} {_BEGIN}",
    "leave": "delete on web_domains begin update site_tenures set site_id = null where site_id = old.id; end",
    "forget": "delete on accounts begin update site_tenures set account = '' where account = old.name; "
    "delete from traffic where tenure_id in (select id from site_tenures where account = ''); end",
}
_COUNTS = (
    "ip_owned u_disk u_disk_dirs u_disk_web u_disk_mail u_disk_db u_bandwidth u_web_domains u_web_ssl u_web_aliases "
    "u_dns_domains u_dns_records u_mail_domains u_mail_dkim u_mail_accounts u_databases u_cron_jobs u_backups u_users"
)


def upgrade() -> None:
    """Go to this revision."""
    op.execute("alter table web_domains drop column bandwidth")
    op.execute("alter table web_domains rename column disk to disk_bytes")
    _tenures()
    _traffic()
    _figures()


def _tenures() -> None:
    op.create_table(
        "site_tenures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_tenures")),
        sqlite_autoincrement=True,
    )
    for column in ("domain", "account"):
        op.create_index(op.f(f"ix_site_tenures_{column}"), "site_tenures", [column], unique=False)
    op.create_index("ix_site_tenures_site_id", "site_tenures", ["site_id", "account"], unique=False)
    op.execute(
        "insert into site_tenures (domain, account, site_id, since) select domain, account, id, 0 from web_domains"
    )


def _traffic() -> None:
    op.create_table(
        "traffic",
        sa.Column("tenure_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenure_id"], ["site_tenures.id"], name=op.f("fk_traffic_tenure_id_site_tenures"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenure_id", "month", name=op.f("pk_traffic")),
    )
    op.create_table(
        "traffic_logs",
        sa.Column("log", sa.String(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("seen", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_traffic_logs")),
    )
    for name, body in _TRIGGERS.items():
        op.execute(f"create trigger site_tenures_{name} after {body}")


def _figures() -> None:
    op.create_table(
        "usage_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("recorded", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_clock")),
    )
    op.execute("insert into usage_clock (id, month) values (1, strftime('%Y-%m', 'now', 'localtime'))")
    op.create_table(
        "disk_usage",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("home", sa.Integer(), nullable=False),
        sa.Column("measured", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_disk_usage")),
    )
    op.create_index(op.f("ix_disk_usage_measured"), "disk_usage", ["measured"], unique=False)
    op.create_table(
        "usage_months",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("recorded", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("package", "disk_quota", "bandwidth")),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in _COUNTS.split()),
        sa.PrimaryKeyConstraint("account", "month", name=op.f("pk_usage_months")),
    )
    op.create_index(op.f("ix_usage_months_month"), "usage_months", ["month"], unique=False)
