"""Sites on the real nginx: served at once, paused, logged, extended by the administrator, and never another's files."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator

import pytest
from box.machine import Machine

ALICE, BOB = "webalice", "webbob"


def v(machine: Machine, *words: str) -> tuple[int, str]:
    """Run a command in the machine as root's shell does; give the exit code and what it printed."""
    done = machine.exec(list(words), check=False)
    return done.returncode, done.stdout


def fetch(machine: Machine, site: str, path: str = "/") -> tuple[int, str]:
    """Ask nginx for a page of a site, over a connection of its own."""
    connection = http.client.HTTPConnection(machine.address, 80, timeout=120)
    try:
        connection.request("GET", path, headers={"Host": site})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


def put(machine: Machine, path: str, content: str, owner: str) -> None:
    """Put a file down as its owner does."""
    machine.exec(["runuser", "-u", owner, "--", "tee", path], input=content)


@pytest.fixture(scope="module")
def web(machine: Machine) -> Iterator[Machine]:
    """Two accounts with a site each."""
    for name in (ALICE, BOB):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
        assert v(machine, "v-add-web-domain", name, f"{name}.test") == (0, "")
    yield machine
    for name in (ALICE, BOB):
        assert v(machine, "v-delete-user", name) == (0, "")
    # What was deleted is being purged meanwhile, and find complains of what goes before its eyes.
    found = machine.exec(["find", "/home", "/var/log/nginx", "/etc/nginx", "-name", ".tholos-new*"], check=False)
    assert found.stdout == ""


def test_a_site_is_served_by_the_time_of_the_answer_and_gone_likewise(web: Machine) -> None:
    for round_ in range(4):
        name = f"quick{round_}.test"
        assert v(web, "v-add-web-domain", ALICE, name) == (0, "")
        answers = [fetch(web, name) for _ in range(20)]
        assert {status for status, _ in answers} == {200}
        assert all(name in text for _, text in answers)
        assert fetch(web, f"www.{name}")[0] == 200
        assert v(web, "v-delete-web-domain", ALICE, name) == (0, "")
        assert {fetch(web, name)[0] for _ in range(20)} == {404}


def test_an_alias_and_a_wildcard_are_served(web: Machine) -> None:
    site = f"{ALICE}.test"
    assert v(web, "v-add-web-domain-alias", ALICE, site, f"shop.{site},*.all.{site}") == (0, "")
    assert [fetch(web, name)[0] for name in (f"shop.{site}", f"any.all.{site}", f"other.{site}")] == [200, 200, 404]
    assert v(web, "v-delete-web-domain-alias", ALICE, site, f"shop.{site}") == (0, "")
    assert fetch(web, f"shop.{site}")[0] == 404


def test_an_international_name_is_served(web: Machine) -> None:
    assert v(web, "v-add-web-domain", ALICE, "bücher.test") == (0, "")
    assert fetch(web, "xn--bcher-kva.test")[0] == 200
    # Both spellings are one name, whichever the site was added by.
    assert v(web, "v-delete-web-domain", ALICE, "xn--bcher-kva.test") == (0, "")
    assert v(web, "v-delete-web-domain", ALICE, "bücher.test")[0] == 3


def test_a_suspended_site_shows_the_notice(web: Machine) -> None:
    site = f"{BOB}.test"
    assert v(web, "v-suspend-web-domain", BOB, site) == (0, "")
    assert {fetch(web, site, path)[0] for path in ("/", "/index.html", "/x.php")} == {503}
    assert "suspended" in fetch(web, site)[1]
    assert v(web, "v-unsuspend-web-domain", BOB, site) == (0, "")
    assert fetch(web, site)[0] == 200
    assert v(web, "v-suspend-user", BOB) == (0, "")
    assert fetch(web, site)[0] == 503
    assert v(web, "v-unsuspend-user", BOB) == (0, "")
    assert fetch(web, site)[0] == 200


def test_requests_and_errors_are_logged_where_the_account_can_read_them(web: Machine) -> None:
    site = f"{ALICE}.test"
    fetch(web, site, "/logged-request")
    code, text = v(web, "v-list-web-domain-accesslog", ALICE, site, "5", "plain")
    assert (code, "GET /logged-request HTTP/1.1" in text) == (0, True)
    assert any("/logged-request" in line for line in json.loads(_json_log(web, site)))
    own = web.exec(["runuser", "-u", ALICE, "--", "cat", f"/home/{ALICE}/web/{site}/logs/{site}.log"])
    assert "/logged-request" in own.stdout
    theirs = web.exec(["runuser", "-u", BOB, "--", "cat", f"/var/log/nginx/domains/{site}.log"], check=False)
    assert (theirs.returncode, theirs.stdout) == (1, "")
    modes = web.exec(["stat", "-c", "%a %U:%G", f"/var/log/nginx/domains/{site}.log"]).stdout
    assert modes.strip() == f"640 root:{ALICE}"


def _json_log(web: Machine, site: str) -> str:
    return v(web, "v-list-web-domain-accesslog", ALICE, site, "5", "json")[1]


def test_the_administrators_own_directives_are_included(web: Machine) -> None:
    site = f"{ALICE}.test"
    include = f"/home/{ALICE}/conf/web/{site}/nginx.conf_hello"
    web.exec(["tee", include], input='location = /hello { return 200 "hello from the administrator"; }\n')
    assert v(web, "v-rebuild-web-domain", ALICE, site) == (0, "")
    assert fetch(web, site, "/hello") == (200, "hello from the administrator")
    web.exec(["rm", include])
    assert v(web, "v-rebuild-web-domain", ALICE, site) == (0, "")
    assert fetch(web, site, "/hello")[0] == 404


def test_links_to_a_neighbours_files_are_refused(web: Machine) -> None:
    mine, theirs = f"/home/{ALICE}/web/{ALICE}.test/public_html", f"/home/{BOB}/web/{BOB}.test/public_html"
    put(web, f"{theirs}/secret.txt", "the neighbour's\n", BOB)
    put(web, f"{mine}/own.txt", "my own\n", ALICE)
    web.exec(["runuser", "-u", ALICE, "--", "ln", "-sfn", f"{theirs}/secret.txt", f"{mine}/link.txt"])
    web.exec(["runuser", "-u", ALICE, "--", "ln", "-sfn", theirs, f"{mine}/dir"])
    web.exec(["runuser", "-u", ALICE, "--", "ln", "-sfn", "own.txt", f"{mine}/mine.txt"])
    assert fetch(web, f"{BOB}.test", "/secret.txt") == (200, "the neighbour's\n")
    assert fetch(web, f"{ALICE}.test", "/mine.txt") == (200, "my own\n")
    for path in ("/link.txt", "/dir/secret.txt", "/dir/../dir/secret.txt", "/..%2f..%2f..%2f..%2fetc/passwd"):
        status, text = fetch(web, f"{ALICE}.test", path)
        assert status in (400, 403, 404), path
        assert "neighbour" not in text
        assert "root:" not in text


def test_a_document_root_that_is_a_link_to_a_neighbour_is_refused(web: Machine) -> None:
    home, theirs = f"/home/{ALICE}/web/linked.test", f"/home/{BOB}/web/{BOB}.test/public_html"
    put(web, f"{theirs}/secret.txt", "the neighbour's\n", BOB)
    assert v(web, "v-add-web-domain", ALICE, "linked.test") == (0, "")
    script = f"chmod 755 {home} && mv {home}/public_html {home}/mine && ln -s {theirs} {home}/public_html"
    web.exec(["runuser", "-u", ALICE, "--", "sh", "-c", script])
    assert "neighbour" not in fetch(web, "linked.test", "/secret.txt")[1]
    web.exec(["runuser", "-u", ALICE, "--", "ln", "-sfn", f"{home}/mine", f"{home}/public_html"])
    assert fetch(web, "linked.test")[0] == 200
    assert v(web, "v-delete-web-domain", ALICE, "linked.test") == (0, "")


def test_an_account_cannot_lead_us_astray_nor_keep_its_site_from_being_suspended(web: Machine) -> None:
    home, site = f"/home/{ALICE}/web/hostile.test", "hostile.test"
    assert v(web, "v-add-web-domain", ALICE, site) == (0, "")
    before = web.exec(["sh", "-c", "ls -ln /etc | sha256sum; sha256sum /etc/passwd /etc/shadow"]).stdout
    script = f"chmod 755 {home} && cd {home} && for d in public_html logs stats private cgi-bin document_errors; do"
    script += " mv $d old-$d; ln -s /etc $d; done"
    web.exec(["runuser", "-u", ALICE, "--", "sh", "-c", script])
    for command in ("v-suspend-web-domain", "v-unsuspend-web-domain", "v-rebuild-web-domain", "v-suspend-web-domain"):
        assert v(web, command, ALICE, site) == (0, ""), command
    assert fetch(web, site)[0] == 503
    assert web.exec(["sh", "-c", "ls -ln /etc | sha256sum; sha256sum /etc/passwd /etc/shadow"]).stdout == before
    assert v(web, "v-delete-web-domain", ALICE, site) == (0, "")
    assert web.exec(["sh", "-c", "ls -ln /etc | sha256sum; sha256sum /etc/passwd /etc/shadow"]).stdout == before


def test_moving_a_site_to_another_address(web: Machine) -> None:
    addresses = json.loads(v(web, "v-list-user-ips", ALICE, "json")[1])
    assert machine_address(web) in addresses
    site = f"{ALICE}.test"
    assert v(web, "v-change-web-domain-ip", ALICE, site, machine_address(web)) == (0, "")
    assert v(web, "v-change-web-domain-ip", ALICE, site, "203.0.113.9")[0] == 3
    assert fetch(web, site)[0] == 200


def machine_address(machine: Machine) -> str:
    """The address that sites are served on."""
    return machine.address
