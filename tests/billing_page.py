"""What docs/billing.md says: each product's profile and calls, and the programs that order something."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parent.parent / "docs" / "billing.md"
PASSWORD = "correct-Horse-7"
LOGIN = "LOGIN"
"""What the page writes for the login that another call gives."""
ONES = "WEB_DOMAINS='1'\nWEB_ALIASES='1'\nDNS_DOMAINS='1'\nDATABASES='1'\nCRON_JOBS='1'\n"
"""A package with room for exactly what a program orders: a repeat finds it full."""
INTERPRETERS = {
    "php": ("php",),
    "python": ("python3", "-"),
    "javascript": ("node", "--input-type=module", "-"),
    "bash": ("bash", "-eo", "pipefail", "-s"),
    "rest": ("python3", "-"),
}
"""How a program is run that comes over standard input."""
MADE = (
    ("v-list-user", "acme"),
    ("v-list-web-domain", "acme", "acme.example"),
    ("v-list-dns-domain", "acme", "acme.example"),
    ("v-list-database", "acme", "acme_shop"),
    ("v-list-cron-job", "acme", "1"),
)
"""What shows the things that every program orders."""


class Product(NamedTuple):
    """A billing system: its permission profile, as the page has it written to a file, and its calls in their order."""

    name: str
    profile: str
    calls: list[list[str]]

    @property
    def commands(self) -> list[str]:
        """The commands of the profile."""
        return re.findall(r"v-[a-z-]+", self.profile)

    def without(self, command: str) -> str:
        """The profile without a command."""
        return "ROLE='admin'\nCOMMANDS='{}'\n".format(",".join(one for one in self.commands if one != command))


@cache
def products() -> dict[str, Product]:
    """Every product, by the name of its profile."""
    found = {}
    for section in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE):
        profile = re.search(r"^cat > /etc/tholos/profiles/(\w+) <<'END'\n(.*?)^END$", section, re.DOTALL | re.MULTILINE)
        if profile is not None:
            rows = re.findall(r"^\|[^|]*\| `(v-[^`]*)` \|", section, re.MULTILINE)
            calls = [shlex.split(row.replace("PASSWORD", PASSWORD)) for row in rows]
            found[profile[1]] = Product(profile[1], profile[2], calls)
    return found


@cache
def programs() -> dict[str, str]:
    """Every program, by its language; that of the REST API is called ``rest``. They order the package ``ones``."""
    blocks = re.findall(r"^```(php|python|javascript|bash)\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    return {("rest" if "/api/v2" in text else language): _of_ones(text) for language, text in blocks}


def _of_ones(text: str) -> str:
    ordered = re.sub(r"\bdefault\b", "ones", text)
    assert ordered != text
    return ordered
