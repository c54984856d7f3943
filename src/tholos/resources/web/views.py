"""How sites print (``commands.json``: v-list-web-domain, v-list-web-domains)."""

from __future__ import annotations

from typing import Any

from tholos.kernel.view import Csv, Field, Labels, Table, View, moments, words
from tholos.resources.stats.sizes import begun, full
from tholos.resources.web.record import alias_names


def _nothing(_record: Any) -> str:
    return ""


_ABSENT_YET = words("IP6 STATS STATS_USER SSL_HSTS FTP_USER FTP_PATH")
"""Values of features that sites do not have yet."""

FIELDS: dict[str, Field] = {
    "IP": "public_ip",
    "DOCUMENT_ROOT": lambda site: site.custom_docroot or f"/home/{site.account}/web/{site.domain}/public_html/",
    "U_DISK": lambda site: begun(site.disk_bytes),
    "U_BANDWIDTH": lambda site: full(site.bytes_sent),
    "TPL": "template",
    "ALIAS": alias_names,
    "AUTH_USER": "logins",
    "PROXY_EXT": "proxy_extensions",
    **moments("created"),
    "SSL_FORCE": lambda _site: "no",
    "LETSENCRYPT": lambda _site: "no",
    **dict.fromkeys(_ABSENT_YET, _nothing),
}

_PLACE = "IP IP6 DOCUMENT_ROOT U_DISK U_BANDWIDTH TPL ALIAS STATS STATS_USER SSL "
_ACCESS = "SSL_HOME LETSENCRYPT FTP_USER FTP_PATH AUTH_USER BACKEND PROXY PROXY_EXT "
_STATE = "SUSPENDED TIME DATE"
_ONE = words("DOMAIN " + _PLACE + "SSL_FORCE SSL_HSTS " + _ACCESS + _STATE)
_ALL = words("DOMAIN " + _PLACE + _ACCESS + _STATE)

SITE = View(
    key="DOMAIN",
    fields=FIELDS,
    json=words(
        _PLACE
        + "SSL_FORCE SSL_HSTS "
        + _ACCESS
        + "FASTCGI_CACHE FASTCGI_DURATION REDIRECT REDIRECT_CODE CUSTOM_DOCROOT "
        + _STATE
    ),
    plain=_ONE,
    csv=Csv(
        _ONE,
        ",".join(_ONE).replace("DOCUMENT_ROOT", "DOCROOT"),
        frozenset(words("ALIAS STATS FTP_USER FTP_PATH AUTH_USER PROXY_EXT")),
    ),
    shell=Labels(
        (
            ("DOMAIN:", "DOMAIN"),
            ("ALIAS:", "ALIAS"),
            ("IP:", "IP"),
            ("DOCUMENT_ROOT:", "DOCUMENT_ROOT"),
            ("TEMPLATE:", "TPL"),
            ("BACKEND:", "BACKEND"),
            ("FASTCGI_CACHE:", "FASTCGI_CACHE"),
            ("FASTCGI_DURATION:", "FASTCGI_DURATION"),
            ("REDIRECT:", "REDIRECT"),
            ("REDIRECT_CODE:", "REDIRECT_CODE"),
            ("CUSTOM_DOCROOT:", "CUSTOM_DOCROOT"),
            ("HTTP_AUTH:", "AUTH_USER"),
            ("DISK:", "U_DISK"),
            ("BW:", "U_BANDWIDTH"),
            ("SUSPENDED:", "SUSPENDED"),
            ("TIME:", "TIME"),
            ("DATE:", "DATE"),
        ),
        optional=frozenset(
            words("FASTCGI_CACHE FASTCGI_DURATION REDIRECT REDIRECT_CODE CUSTOM_DOCROOT AUTH_USER BACKEND")
        ),
    ),
)

SITES = View(
    key="DOMAIN",
    fields=FIELDS,
    json=_ALL[1:],
    plain=_ALL,
    csv=Csv(
        _ALL,
        ",".join(_ALL).replace("DOCUMENT_ROOT", "DOCROOT"),
        frozenset(words("ALIAS STATS_USER FTP_USER FTP_PATH AUTH_USER PROXY_EXT")),
    ),
    shell=Table(
        (
            ("DOMAIN", "DOMAIN"),
            ("IP", "IP"),
            ("TPL", "TPL"),
            ("SSL", "SSL"),
            ("DISK", "U_DISK"),
            ("BW", "U_BANDWIDTH"),
            ("SPND", "SUSPENDED"),
            ("DATE", "DATE"),
        ),
        aligned=False,
    ),
)

TEMPLATES = View(
    key="",
    json=(),
    plain=("TEMPLATE",),
    csv=Csv(("TEMPLATE",), "TEMPLATE"),
    shell=Table((("TEMPLATE", "TEMPLATE"),)),
    shape="names",
)

LOG = View(key="", json=(), plain=("LOG",), csv=Csv(("LOG",), "LOG"), shape="names")
