"""Which names a site may have: spellings, wildcards, other accounts' names, limits, names bound to addresses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from sqlalchemy.event import listen
from tests.conftest import ADDRESS, Run, prepared
from tests.rounds import together

from tholos.apply.work import Work
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.tx import Tx
from tholos.resources.ip.model import addresses
from tholos.resources.package.model import packages
from tholos.resources.types import Domain
from tholos.resources.user.model import accounts
from tholos.resources.web.add import default_aliases
from tholos.resources.web.model import web_domains


@pytest.fixture(scope="module")
def origin(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a node with two accounts without sites."""
    calls = [("v-add-user", name, "Pass12345", f"{name}@example.org") for name in ("alice", "bob")]
    return prepared(seeded, tmp_path_factory.mktemp("names") / "node", calls)


@pytest.fixture
def two(run: Run) -> Run:
    """Root's shell on it."""
    return run


def _change(engine: Engine, change: object) -> None:
    def apply(tx: Tx) -> None:
        tx.execute(change)  # type: ignore[arg-type]

    engine.writer.submit(Work(apply, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()


def _names(engine: Engine, user: str, domain: str) -> list[str]:
    text = (engine.applier.host.root / f"home/{user}/conf/web/{domain}/nginx.conf").read_text()
    (line,) = [line for line in text.splitlines() if "server_name" in line]
    return line.strip(" ;").split()[1:]


@pytest.mark.parametrize(
    ("domain", "aliases"),
    [
        ("example.org", ("www.example.org",)),
        ("shop.example.org", ()),
        ("example.co.uk", ("www.example.co.uk",)),
        ("shop.example.co.uk", ()),
        ("bücher.example", ("www.bücher.example",)),
        ("localhost", ("www.localhost",)),
    ],
)
def test_www_is_an_alias_of_names_that_are_registered_as_such(domain: str, aliases: tuple[str, ...]) -> None:
    assert default_aliases(Domain.parse(domain, "domain")) == aliases


def _limited(two: Run, engine: Engine, limit: str) -> None:
    """An account zoe with a package of so many aliases for each site."""
    assert two("v-copy-user-package", "default", "few") == (0, "")

    def change(tx: Tx) -> None:
        tx.execute(update(packages).where(packages.c.name == "few").values(web_aliases=limit))

    engine.writer.submit(Work(change, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()
    assert two("v-add-user", "zoe", "Pass12345", "zoe@example.org", "few") == (0, "")


@pytest.mark.parametrize(
    ("limit", "given"),
    [
        ("1", ["www.shop.test"]),
        ("2", ["www.shop.test", "shop-test.pre.example.org"]),
        ("unlimited", ["www.shop.test", "shop-test.pre.example.org"]),
    ],
)
def test_the_alias_below_the_address_counts_as_every_other(
    two: Run, engine: Engine, limit: str, given: list[str]
) -> None:
    assert two("v-change-sys-ip-name", ADDRESS, "pre.example.org") == (0, "")
    _limited(two, engine, limit)
    assert two("v-add-web-domain", "zoe", "shop.test") == (0, "")
    assert _names(engine, "zoe", "shop.test") == ["shop.test", *given]
    assert two("v-change-user-package", "zoe", "few") == (0, "")
    assert two("v-add-web-domain-alias", "zoe", "shop.test", "more.test")[0] == (0 if limit == "unlimited" else 8)


def test_an_international_name_is_one_name_in_both_spellings(two: Run, engine: Engine) -> None:
    assert two("v-add-web-domain", "alice", "Bücher.example") == (0, "")
    assert _names(engine, "alice", "bücher.example") == ["xn--bcher-kva.example", "www.xn--bcher-kva.example"]
    taken = (4, "Error: Web domain xn--bcher-kva.example exists\n")
    assert two("v-add-web-domain", "bob", "xn--bcher-kva.example") == taken
    assert two("v-add-web-domain-alias", "alice", "bücher.example", "www.xn--bcher-kva.example")[0] == 4
    assert two("v-add-web-domain", "bob", "shop.xn--bcher-kva.example")[0] == 4
    assert two("v-delete-web-domain-alias", "alice", "bücher.example", "www.xn--bcher-kva.example") == (0, "")
    assert _names(engine, "alice", "bücher.example") == ["xn--bcher-kva.example"]


def test_a_wildcard_is_an_alias(two: Run, engine: Engine) -> None:
    assert two("v-add-web-domain", "alice", "example.org", ADDRESS, "", "*.example.org,www.example.org") == (0, "")
    assert _names(engine, "alice", "example.org") == ["example.org", "*.example.org", "www.example.org"]
    for wrong in ("*", "*.", "a.*.org", "*example.org", "**.example.org"):
        assert two("v-add-web-domain-alias", "alice", "example.org", wrong)[0] == 2, wrong


def test_names_below_those_of_others_are_refused(two: Run) -> None:
    assert two("v-add-web-domain", "alice", "example.org", ADDRESS, "", "none") == (0, "")
    assert two("v-add-web-domain", "alice", "alias.test", ADDRESS, "", "elsewhere.test,*.deep.other.test") == (0, "")
    message = "Error: Unable to add shop.example.org. example.org belongs to a different user\n"
    assert two("v-add-web-domain", "bob", "shop.example.org") == (4, message)
    assert two("v-add-web-domain", "bob", "bob.test", ADDRESS, "", "shop.example.org") == (4, message)
    assert two("v-add-web-domain", "bob", "bob.test", ADDRESS, "", "*.example.org")[0] == 4
    assert two("v-add-web-domain", "bob", "shop.elsewhere.test")[0] == 4
    assert two("v-add-web-domain", "bob", "covered.deep.other.test")[0] == 4
    assert two("v-add-web-domain", "bob", "free.other.test") == (0, "")
    assert two("v-add-web-domain-alias", "bob", "free.other.test", "x.example.org")[0] == 4
    assert two("v-add-web-domain", "alice", "shop.example.org") == (0, "")
    assert two("v-change-sys-config-value", "ENFORCE_SUBDOMAIN_OWNERSHIP", "no") == (0, "")
    assert two("v-add-web-domain", "bob", "other.example.org") == (0, "")


def test_a_zone_has_all_names_below_it_and_a_site_those_that_are_registered(two: Run) -> None:
    assert two("v-change-sys-config-value", "DNS_SYSTEM", "bind9") == (0, "")
    assert two("v-add-dns-domain", "alice", "dept.example.test", ADDRESS) == (0, "")
    assert two("v-add-web-domain", "alice", "site.example.test", ADDRESS, "", "none") == (0, "")
    message = "Error: Unable to add mail.dept.example.test. dept.example.test belongs to a different user\n"
    assert two("v-add-dns-domain", "bob", "mail.dept.example.test", ADDRESS) == (4, message)
    assert two("v-add-web-domain", "bob", "mail.dept.example.test") == (4, message)
    assert two("v-add-dns-domain", "bob", "a.b.dept.example.test", ADDRESS)[0] == 4
    assert two("v-add-web-domain", "bob", "bob.test", ADDRESS, "", "*.dept.example.test")[0] == 4
    assert two("v-add-web-domain", "bob", "mail.site.example.test") == (0, "")
    assert two("v-add-dns-domain", "bob", "other.example.test", ADDRESS) == (0, "")
    assert two("v-add-dns-domain", "alice", "mail.dept.example.test", ADDRESS) == (0, "")
    assert two("v-change-sys-config-value", "ENFORCE_SUBDOMAIN_OWNERSHIP", "no") == (0, "")
    assert two("v-add-dns-domain", "bob", "free.dept.example.test", ADDRESS) == (0, "")


def test_limits_of_the_package_hold(two: Run, engine: Engine) -> None:
    limited = (
        update(accounts).where(accounts.c.name == "alice").values(web_domains="2", web_aliases="2", dns_domains="1")
    )
    _change(engine, limited)
    full = (8, "Error: WEB_DOMAINS limit is reached :: upgrade user package\n")
    many = (8, "Error: WEB_ALIASES limit is reached :: upgrade user package\n")
    assert two("v-add-web-domain", "alice", "one.test", ADDRESS, "", "a.test,b.test,c.test") == many
    assert two("v-add-web-domain", "alice", "one.test", ADDRESS, "", "a.test") == (0, "")
    assert two("v-add-web-domain-alias", "alice", "one.test", "b.test,c.test") == many
    assert two("v-add-web-domain-alias", "alice", "one.test", "b.test") == (0, "")
    assert two("v-add-domain", "alice", "two.test") == (0, "")
    assert two("v-add-web-domain", "alice", "three.test") == full
    assert two("v-add-domain", "alice", "three.test")[0] == 8
    assert two("v-delete-web-domain", "alice", "one.test") == (0, "")
    assert two("v-add-web-domain", "alice", "three.test") == (0, "")


def test_the_name_of_an_address_gives_an_alias(two: Run, engine: Engine) -> None:
    _change(engine, update(addresses).where(addresses.c.ip == ADDRESS).values(name="node1.example"))
    for values in (("a.test",), ("b.test", ADDRESS, "", "x.test"), ("c.test", ADDRESS, "", "none"), ("d.c.test",)):
        assert two("v-add-web-domain", "alice", *values) == (0, "")
    aliases = {name: site["ALIAS"] for name, site in json.loads(two("v-list-web-domains", "alice", "json")[1]).items()}
    assert aliases == {
        "a.test": "www.a.test,a-test.node1.example",
        "b.test": "x.test,b-test.node1.example",
        "c.test": "",
        "d.c.test": "d-c-test.node1.example",
    }
    # Another site whose name looks the same with hyphens gets no alias rather than somebody else's.
    assert two("v-add-web-domain", "alice", "d-c.test", ADDRESS, "") == (0, "")
    assert "node1" not in two("v-list-web-domain", "alice", "d-c.test", "plain")[1].split("\t")[7]


def test_addresses_of_others_are_refused(two: Run, engine: Engine) -> None:
    row = {"ip": "198.18.0.2", "owner": "bob", "status": "dedicated", "interface": "eth0", "netmask": "255.255.255.0"}
    created = engine.dispatcher.context(ROOT, "127.0.0.1").now
    _change(engine, insert(addresses).values(created=created, **row))
    assert two("v-add-web-domain", "alice", "a.test", "198.18.0.2") == (10, "Error: alice can't use 198.18.0.2\n")
    assert two("v-add-web-domain", "alice", "a.test") == (0, "")
    assert two("v-change-web-domain-ip", "alice", "a.test", "198.18.0.2")[0] == 10
    assert two("v-add-web-domain", "bob", "b.test") == (0, "")
    listens = (engine.applier.host.root / "home/bob/conf/web/b.test/nginx.conf").read_text()
    assert "listen 198.18.0.2:80;" in listens
    assert two("v-change-web-domain-ip", "bob", "b.test", ADDRESS) == (0, "")
    assert f"listen {ADDRESS}:80;" in (engine.applier.host.root / "home/bob/conf/web/b.test/nginx.conf").read_text()


def test_a_name_can_move_to_another_account_in_one_round(two: Run, engine: Engine) -> None:
    assert two("v-add-web-domain", "alice", "moving.test") == (0, "")
    calls = (("v-delete-web-domain", "alice", "moving.test"), ("v-add-web-domain", "bob", "moving.test"))
    assert together(engine, calls) == [(0, ""), (0, "")]
    assert (engine.applier.host.root / "var/log/nginx/domains/moving.test.log").exists()
    enabled = engine.applier.host.root / "etc/nginx/conf.d/domains/moving.test.conf"
    assert str(enabled.readlink()) == "/home/bob/conf/web/moving.test/nginx.conf"
    with engine.store.reading() as connection:
        assert connection.execute(web_domains.select()).one().account == "bob"


def test_many_names_are_looked_for_at_once(two: Run, engine: Engine) -> None:
    assert two("v-add-web-domain", "alice", "alice.test") == (0, "")
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    listen(engine.store.writing().engine, "before_cursor_execute", note)
    asked = []
    for many in (2, 50):
        names = ",".join(f"n{number}.of{many}.test" for number in range(many))
        before = len(statements)
        assert two("v-add-web-domain-alias", "alice", "alice.test", names) == (0, "")
        asked.append(len(statements) - before)
    assert asked[0] == asked[1]


def test_so_many_names_fit_in_a_call(two: Run) -> None:
    assert two("v-add-web-domain", "alice", "alice.test") == (0, "")
    names = [f"n{number}.test" for number in range(101)]
    refused = two("v-add-web-domain-alias", "alice", "alice.test", ",".join(names))
    assert refused == (2, "Error: invalid aliases format :: at most 100 at a time\n")
    assert two("v-add-web-domain-alias", "alice", "alice.test", ",".join(names[:100])) == (0, "")


def test_room_is_looked_for_before_the_names(two: Run, engine: Engine) -> None:
    assert two("v-add-web-domain", "alice", "alice.test") == (0, "")
    _change(engine, update(accounts).where(accounts.c.name == "alice").values(web_aliases="2"))
    refused = two("v-add-web-domain-alias", "alice", "alice.test", "alice.test,b.test")
    assert refused == (8, "Error: WEB_ALIASES limit is reached :: upgrade user package\n")


def test_the_first_name_that_is_taken_is_the_one_that_is_refused(two: Run) -> None:
    assert two("v-add-web-domain", "bob", "bob.test", "", "", "none") == (0, "")
    assert two("v-add-web-domain", "bob", "other.test", "", "", "aaa.org") == (0, "")
    assert two("v-add-web-domain", "alice", "alice.test") == (0, "")
    refused = two("v-add-web-domain-alias", "alice", "alice.test", "zoo.test,bob.test,aaa.org")
    assert refused == (4, "Error: Web alias aaa.org exists\n")
    refused = two("v-add-web-domain-alias", "alice", "alice.test", "x.free.test,x.bob.test")
    assert refused == (4, "Error: Unable to add x.bob.test. bob.test belongs to a different user\n")
