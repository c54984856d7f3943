"""Redirects, document roots, caches, listings and logins of sites, and sites below which others may have names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"

_TEXTS = ("redirect", "redirect_code", "custom_docroot", "custom_phproot", "fastcgi_cache", "fastcgi_duration")


def upgrade() -> None:
    """Go to this revision."""
    for name in _TEXTS:
        op.add_column("web_domains", sa.Column(name, sa.String(), server_default="", nullable=False))
    for name in ("listing", "allow_users"):
        op.add_column("web_domains", sa.Column(name, sa.Boolean(), server_default="0", nullable=False))
    op.create_table(
        "web_logins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"],
            ["web_domains.id"],
            name=op.f("fk_web_logins_domain_id_web_domains"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_logins")),
        sa.UniqueConstraint("domain_id", "login", name=op.f("uq_web_logins_domain_id_login")),
    )
