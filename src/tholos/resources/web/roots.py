"""Document roots that sites have in other sites of their account."""

from __future__ import annotations

from collections.abc import Container

from sqlalchemy import select, update

from tholos.kernel.tx import Tx
from tholos.resources.web.model import web_domains
from tholos.resources.web.want import site_home


def leave_roots(tx: Tx, account: str, gone: Container[str]) -> None:
    """Have the document roots that sites of an account have in sites that went be their own again."""
    elsewhere = select(web_domains.c.id, web_domains.c.domain, web_domains.c.custom_docroot).where(
        web_domains.c.account == account, web_domains.c.custom_docroot != ""
    )
    for site in tx.rows(elsewhere):
        inside = site.custom_docroot.removeprefix(site_home(account, "")).partition("/")[0]
        if inside in gone:
            own = {"custom_docroot": "", "custom_phproot": ""}
            tx.execute(update(web_domains).where(web_domains.c.id == site.id).values(own))
            tx.want("site", account, site.domain)
