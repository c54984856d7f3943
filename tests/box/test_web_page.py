"""The blocks of docs/web-sites.md, typed on a real machine: nginx and php-fpm take what the page tells to write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.test_web_features import TEMPLATES, ask, ok
from tests.box.test_web_sites import put
from tests.pages import DOCS, scripts

NAME, SITE, OTHER = "alice", "shop.example.com", "example.org"


@pytest.fixture
def reader(machine: Machine) -> Iterator[Machine]:
    """The account that the page is about, with a second site."""
    ok(machine, "v-add-user", NAME, "Pass12345", "alice@example.org")
    ok(machine, "v-add-web-domain", NAME, OTHER)
    yield machine
    ok(machine, "v-delete-user", NAME)
    ok(machine, "v-change-sys-config-value", "PROXY_SYSTEM", "")
    machine.exec(["rm", "-rf", TEMPLATES])


def test_every_block_can_be_typed_and_does_what_the_page_says(reader: Machine) -> None:
    def typed(block: str) -> None:
        reader.exec(["bash", "-eo", "pipefail", "-s"], input=block)

    made, wordpress, template, pool, cache, *others = scripts((DOCS / "web-sites.md").read_text(encoding="utf-8"))
    typed(made)
    assert ask(reader, "store.example.com")[0] == 200
    put(reader, f"/home/{NAME}/web/{SITE}/public_html/limit.php", "<?php echo ini_get('memory_limit');", NAME)
    typed(wordpress)
    assert ask(reader, SITE, "/xmlrpc.php")[0] == 403
    typed(template)
    assert ask(reader, SITE, "/health")[:2] == (200, SITE)
    typed(pool)
    assert ask(reader, SITE, "/limit.php")[1] == "512M"
    typed(cache)
    assert ask(reader, SITE, "/limit.php")[2]["x-cache"] == "MISS"
    assert ask(reader, SITE, "/limit.php")[2]["x-cache"] == "HIT"
    for block in others:
        typed(block)
    assert ask(reader, SITE, "/health")[:2] == (200, SITE)
