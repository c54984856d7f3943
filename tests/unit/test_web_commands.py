"""Commands on sites, against what the reference answered for the same calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import ADDRESS, Run, prepared

from tholos.bootstrap import Engine
from tholos.resources.web import templates

OTHER_ADDRESS = "198.18.0.2"
HEAD = "DOMAIN,IP,IP6,DOCROOT,U_DISK,U_BANDWIDTH,TPL,ALIAS,STATS,STATS_USER,SSL,"
TAIL = "SSL_HOME,LETSENCRYPT,FTP_USER,FTP_PATH,AUTH_USER,BACKEND,PROXY,PROXY_EXT,SUSPENDED,TIME,DATE\n"


CALLS = (
    ("v-add-user", "alice", "AlicePass123", "alice@example.org", "default", "Alice Liddell"),
    ("v-add-user", "bob", "BobPass12345", "bob@example.org"),
    ("v-add-web-domain", "alice", "alice.test", ADDRESS),
    ("v-add-web-domain-alias", "alice", "alice.test", "shop.alice.test"),
    ("v-add-web-domain", "alice", "blog.alice.test", ADDRESS, "yes", "none"),
    ("v-add-web-domain", "bob", "bob.test", ADDRESS, "yes", "www.bob.test,cdn.bob.test"),
    ("v-add-web-domain", "bob", "old.bob.test"),
    ("v-suspend-web-domain", "bob", "old.bob.test"),
)
"""The accounts and sites of the reference's example, as far as sites go."""


@pytest.fixture(scope="module")
def origin(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a node with these."""
    return prepared(seeded, tmp_path_factory.mktemp("web") / "node", CALLS)


@pytest.fixture
def web(run: Run) -> Run:
    """Root's shell on it."""
    return run


ERRORS = (
    (1, "Usage: v-add-web-domain USER DOMAIN [IP] [RESTART] [ALIASES] [PROXY_EXTENSIONS]", "v-add-web-domain alice"),
    (1, "Usage: v-list-web-domains USER [FORMAT]", "v-list-web-domains"),
    (3, "Error: user nosuch doesn't exist", "v-add-web-domain nosuch a.test"),
    (4, "Error: Web domain alice.test exists", "v-add-web-domain bob alice.test"),
    (2, "Error: invalid domain format :: bad_domain..test", "v-add-web-domain alice bad_domain..test"),
    (2, "Error: invalid domain format :: a;b.test", "v-add-web-domain alice a;b.test"),
    (2, "Error: invalid domain format :: localhost#", "v-add-web-domain alice localhost#"),
    (3, "Error: IP 1.2.3.4 doesn't exist", "v-add-web-domain alice n.test 1.2.3.4"),
    (2, "Error: invalid ip :: 999.1.1.1", "v-add-web-domain alice n.test 999.1.1.1"),
    (1, "Error: Invalid domain format. IP address detected as input.", "v-add-web-domain alice 1.2.3.4"),
    (3, "Error: web domain alice.test doesn't exist", "v-delete-web-domain bob alice.test"),
    (3, "Error: web domain nosuch.test doesn't exist", "v-list-web-domain alice nosuch.test"),
    (3, "Error: web domain nosuch.test doesn't exist", "v-list-web-domain alice nosuch.test json"),
    (5, "Error: web old.bob.test is suspended", "v-suspend-web-domain bob old.bob.test"),
    (3, "Error: web domain nosuch.test doesn't exist", "v-suspend-web-domain alice nosuch.test"),
    (4, "Error: Web alias shop.alice.test exists", "v-add-web-domain-alias alice alice.test shop.alice.test"),
    (3, "Error: web domain nosuch.test doesn't exist", "v-add-web-domain-alias alice nosuch.test q.test"),
    (3, "Error: alias nosuch.alias.test doesn't exist", "v-delete-web-domain-alias alice alice.test nosuch.alias.test"),
    (3, "Error: IP 9.9.9.9 doesn't exist", "v-change-web-domain-ip alice alice.test 9.9.9.9"),
    (3, "Error: web domain nosuch.test doesn't exist", "v-rebuild-web-domain alice nosuch.test"),
    (6, "Error: web alice.test is not suspended", "v-unsuspend-web-domain alice alice.test"),
    (5, "Error: web old.bob.test is suspended", "v-add-web-domain-alias bob old.bob.test x.bob.test"),
    (5, "Error: web old.bob.test is suspended", f"v-change-web-domain-ip bob old.bob.test {ADDRESS}"),
    (3, "Error: domain nosuch.test doesn't exist", "v-delete-domain alice nosuch.test"),
)


def test_errors_are_those_of_the_reference(web: Run) -> None:
    answers = [(line, web(*line.split())) for *_, line in ERRORS]
    assert answers == [(line, (code, f"{text}\n")) for code, text, line in ERRORS]
    assert web("v-add-web-domain", "alice", "bad domain") == (2, "Error: invalid domain format :: bad domain\n")


def _fields(web: Run, user: str, domain: str) -> dict[str, str]:
    code, text = web("v-list-web-domain", user, domain, "json")
    assert code == 0
    return dict(json.loads(text)[domain])


def test_a_site_in_json_has_the_layout_of_the_reference(web: Run) -> None:
    lines = web("v-list-web-domain", "alice", "alice.test", "json")[1].splitlines()
    assert lines[:3] == ["{", '    "alice.test": {', f'        "IP": "{ADDRESS}",']
    assert '        "ALIAS": "www.alice.test,shop.alice.test",' in lines
    assert '        "DOCUMENT_ROOT": "/home/alice/web/alice.test/public_html/",' in lines
    assert lines[-2:] in (["        }", "}"], ["    }", "}"])


def test_aliases_stand_in_the_order_in_which_they_came(web: Run) -> None:
    assert _fields(web, "bob", "bob.test")["ALIAS"] == "cdn.bob.test,www.bob.test"
    assert _fields(web, "alice", "blog.alice.test")["ALIAS"] == ""
    assert _fields(web, "bob", "old.bob.test")["ALIAS"] == ""
    assert web("v-delete-web-domain-alias", "alice", "alice.test", "www.alice.test") == (0, "")
    assert web("v-add-web-domain-alias", "alice", "alice.test", "www.alice.test,a.alice.test") == (0, "")
    assert _fields(web, "alice", "alice.test")["ALIAS"] == "shop.alice.test,a.alice.test,www.alice.test"


def test_a_site_in_the_other_formats(web: Run) -> None:
    place = f"blog.alice.test,{ADDRESS},,/home/alice/web/blog.alice.test/public_html/,0,0,default,"
    csv = web("v-list-web-domain", "alice", "blog.alice.test", "csv")[1].splitlines(keepends=True)
    assert csv[0] == f"{HEAD}SSL_FORCE,SSL_HSTS,{TAIL}"
    assert csv[1].startswith(f'{place}"","",')
    shell = web("v-list-web-domain", "alice", "blog.alice.test")[1].splitlines()
    assert shell[:4] == [
        "DOMAIN:           blog.alice.test",
        "ALIAS:            ",
        f"IP:               {ADDRESS}",
        "DOCUMENT_ROOT:    /home/alice/web/blog.alice.test/public_html/",
    ]
    plain = web("v-list-web-domain", "alice", "blog.alice.test", "plain")[1]
    assert plain.split("\t")[:4] == ["blog.alice.test", ADDRESS, "", "/home/alice/web/blog.alice.test/public_html/"]


def test_sites_in_every_format(web: Run) -> None:
    assert list(json.loads(web("v-list-web-domains", "bob", "json")[1])) == ["bob.test", "old.bob.test"]
    table = web("v-list-web-domains", "bob")[1].splitlines()
    assert table[:2] == [
        "DOMAIN   IP   TPL   SSL   DISK   BW   SPND   DATE",
        "------   --   ---   ---   ----   --   ----   ----",
    ] or table[1].startswith("------   --")
    assert table[2].startswith(f"bob.test {ADDRESS} default no 0 0 no ")
    assert table[3].startswith(f"old.bob.test {ADDRESS} default no 0 0 yes ")
    csv = web("v-list-web-domains", "bob", "csv")[1].splitlines(keepends=True)
    assert csv[0] == HEAD + TAIL
    assert 'default,"cdn.bob.test,www.bob.test",,"",no,same,no,"","","",default,default,"",no,' in csv[1]
    plain = web("v-list-web-domains", "bob", "plain")[1].splitlines()
    assert [line.split("\t")[0] for line in plain] == ["bob.test", "old.bob.test"]
    assert all(line.count("\t") == csv[0].count(",") for line in plain)
    assert web("v-list-web-domains", "bob", "nonsense") == (0, "")


def test_counters_are_counted(web: Run) -> None:
    def counters(user: str) -> list[str]:
        fields = json.loads(web("v-list-user", user, "json")[1])[user]
        return [fields[key] for key in ("U_WEB_DOMAINS", "U_WEB_ALIASES", "SUSPENDED_WEB")]

    assert (counters("alice"), counters("bob")) == (["2", "2", "0"], ["2", "2", "1"])
    assert web("v-delete-web-domains", "bob") == (0, "")
    assert counters("bob") == ["1", "0", "1"]
    assert web("v-delete-web-domain", "bob", "old.bob.test") == (0, "")
    assert counters("bob") == ["0", "0", "0"]


def test_suspending_an_account_suspends_its_sites_and_nothing_can_be_added(web: Run) -> None:
    assert web("v-suspend-user", "bob") == (0, "")
    assert [_fields(web, "bob", name)["SUSPENDED"] for name in ("bob.test", "old.bob.test")] == ["yes", "yes"]
    for command, *values in (("v-add-web-domain", "n.test"), ("v-add-domain", "n.test"), ("v-suspend-domain", "x.y")):
        assert web(command, "bob", *values) == (5, "Error: user bob is suspended\n")
    assert web("v-add-web-domain-alias", "bob", "bob.test", "x.bob.test") == (5, "Error: user bob is suspended\n")
    assert web("v-unsuspend-user", "bob") == (0, "")
    assert [_fields(web, "bob", name)["SUSPENDED"] for name in ("bob.test", "old.bob.test")] == ["no", "no"]


def test_a_domain_as_a_whole(web: Run) -> None:
    assert web("v-add-domain", "alice", "whole.test", ADDRESS) == (0, "")
    assert _fields(web, "alice", "whole.test")["ALIAS"] == "www.whole.test"
    assert web("v-suspend-domain", "alice", "whole.test") == (0, "")
    assert web("v-suspend-domain", "alice", "whole.test") == (0, "")
    assert _fields(web, "alice", "whole.test")["SUSPENDED"] == "yes"
    assert web("v-unsuspend-domain", "alice", "whole.test") == (0, "")
    assert _fields(web, "alice", "whole.test")["SUSPENDED"] == "no"
    assert web("v-delete-domain", "alice", "whole.test") == (0, "")
    assert web("v-delete-domain", "alice", "whole.test")[0] == 3


def test_templates(web: Run, engine: Engine) -> None:
    added = engine.applier.host.root / "etc/tholos/templates/web"
    added.mkdir(parents=True)
    for name in ("shop-10.j2", "shop-9.j2", "notes.txt", "a b.j2"):
        (added / name).write_text("")
    assert web("v-list-web-templates", "plain") == (0, "default\nno-php\nshop-9\nshop-10\nwordpress\n")
    assert web("v-list-web-templates-backend", "csv") == (0, "TEMPLATE\nPHP-8_2\ndefault\nno-php\nsocket\n")
    assert web("v-list-web-templates-proxy") == (0, "TEMPLATE\n--------\n")
    assert json.loads(web("v-list-web-templates-proxy", "json")[1]) == []
    assert set(json.loads(web("v-list-web-templates", "json")[1])) > set(templates.SERVED)


def test_logs_are_shown_from_their_end(web: Run, engine: Engine) -> None:
    log = engine.applier.host.root / "var/log/nginx/domains/alice.test.log"
    log.write_text("".join(f'198.18.0.9 - - "GET /{number} HTTP/2.0"\n' for number in range(100)))
    lines = web("v-list-web-domain-accesslog", "alice", "alice.test", "2", "plain")
    assert lines == (0, '198.18.0.9 - - "GET /98 HTTP/2.0"\n198.18.0.9 - - "GET /99 HTTP/2.0"\n')
    assert web("v-list-web-domain-accesslog", "alice", "alice.test", "2") == lines
    assert len(web("v-list-web-domain-accesslog", "alice", "alice.test", "", "plain")[1].splitlines()) == 70
    assert web("v-list-web-domain-accesslog", "alice", "alice.test", "1", "csv")[1].splitlines()[0] == "LOG"
    assert len(json.loads(web("v-list-web-domain-accesslog", "alice", "alice.test", "5000", "json")[1])) == 100
    assert web("v-list-web-domain-accesslog", "alice", "alice.test", "0", "plain") == (0, "")
    assert json.loads(web("v-list-web-domain-errorlog", "alice", "alice.test", "5", "json")[1]) == []
    assert web("v-list-web-domain-errorlog", "bob", "alice.test")[0] == 3


def test_a_log_that_became_a_link_is_not_followed(web: Run, engine: Engine, tmp_path: Path) -> None:
    log = engine.applier.host.root / "var/log/nginx/domains/alice.test.log"
    (tmp_path / "secret").write_text("secret\n")
    log.unlink()
    log.symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links"):
        web("v-list-web-domain-accesslog", "alice", "alice.test")
