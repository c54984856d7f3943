"""What fails on the machine: nginx refuses, the disk is full. The call is refused, and nothing else happens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from box.machine import Machine
from tests.box.test_crash_machine import engine_stopped, program
from tests.box.test_web_sites import fetch, v

NAME = "faulty"
STATE = "/var/lib/tholos"


@pytest.fixture
def account(machine: Machine) -> Iterator[Machine]:
    """An account with a site that must stay up whatever happens."""
    assert v(machine, "v-add-user", NAME, "Pass12345", f"{NAME}@example.org") == (0, "")
    assert v(machine, "v-add-web-domain", NAME, "steady.test") == (0, "")
    yield machine
    assert fetch(machine, "steady.test")[0] == 200
    assert v(machine, "v-delete-user", NAME) == (0, "")
    with engine_stopped(machine):
        assert program(machine, "drift") == [[]]


def test_a_broken_include_refuses_its_site_with_nginxs_words(account: Machine) -> None:
    directory = f"/home/{NAME}/conf/web/broken.test"
    account.exec(["mkdir", "-p", directory])
    account.exec(["tee", f"{directory}/nginx.conf_bad"], input="no_such_directive on;\n")
    code, text = v(account, "v-add-web-domain", NAME, "broken.test")
    assert code == 20
    assert 'unknown directive "no_such_directive"' in text
    assert f"{directory}/nginx.conf_bad:1" in text
    assert v(account, "v-list-web-domain", NAME, "broken.test")[0] == 3
    left = account.exec(["sh", "-c", f"ls -A {directory} /home/{NAME}/web /etc/nginx/conf.d/domains"]).stdout.split()
    assert "nginx.conf_bad" in left
    assert not {"broken.test", "broken.test.conf", "nginx.conf"} & set(left)
    assert v(account, "v-add-web-domain", NAME, "fine.test") == (0, "")
    assert fetch(account, "fine.test")[0] == 200
    account.exec(["rm", f"{directory}/nginx.conf_bad"])
    assert v(account, "v-add-web-domain", NAME, "broken.test") == (0, "")
    assert fetch(account, "broken.test")[0] == 200


def test_others_of_the_same_round_still_succeed(account: Machine) -> None:
    directory = f"/home/{NAME}/conf/web/broken.test"
    account.exec(["mkdir", "-p", directory])
    account.exec(["tee", f"{directory}/nginx.conf_bad"], input="no_such_directive on;\n")
    calls = [["v-add-web-domain", NAME, name] for name in ("one.test", "broken.test", "two.test")]
    calls.append(["v-suspend-web-domain", NAME, "steady.test"])
    calls.append(["v-unsuspend-web-domain", NAME, "steady.test"])
    with engine_stopped(account):
        answers, drift = program(account, "round", json.dumps(calls))
    assert isinstance(answers, list)
    assert [code for code, _ in answers] == [0, 20, 0, 0, 0]
    assert "no_such_directive" in answers[1][1]
    assert drift == []
    assert [fetch(account, name)[0] for name in ("one.test", "two.test", "broken.test")] == [200, 200, 404]
    account.exec(["rm", "-r", directory])


def test_a_broken_configuration_of_the_administrator_refuses_sites_and_nothing_else(account: Machine) -> None:
    account.exec(["tee", "/etc/nginx/conf.d/administrator.conf"], input="no_such_directive on;\n")
    try:
        code, text = v(account, "v-add-web-domain", NAME, "new.test")
        assert (code, "/etc/nginx/conf.d/administrator.conf:1" in text) == (20, True)
        assert fetch(account, "steady.test")[0] == 200
        assert v(account, "v-add-user", "unharmed", "Pass12345", "u@example.org") == (0, "")
        assert v(account, "v-delete-user", "unharmed") == (0, "")
        assert v(account, "v-delete-web-domain", NAME, "steady.test")[0] == 20
        assert fetch(account, "steady.test")[0] == 200
    finally:
        account.exec(["rm", "/etc/nginx/conf.d/administrator.conf"])
    assert v(account, "v-add-web-domain", NAME, "new.test") == (0, "")
    assert fetch(account, "new.test")[0] == 200


@contextmanager
def small_disk(machine: Machine, path: str, size: str) -> Iterator[None]:
    """A small disk in the place of a directory, with the directory's content and no room left."""
    machine.exec(["sh", "-c", f"cp -a {path} /run/moved && mount -t tmpfs -o size={size} small {path}"])
    machine.exec(
        ["sh", "-c", f"cp -a /run/moved/. {path}/ && head -c 100M /dev/zero >{path}/filler; true"], check=False
    )
    try:
        yield
    finally:
        machine.exec(["rm", "-f", f"{path}/filler"])
        machine.exec(["sh", "-c", f"rm -rf /run/moved && cp -a {path} /run/moved && umount {path}"])
        machine.exec(["sh", "-c", f"find {path} -mindepth 1 -delete; cp -a /run/moved/. {path}/ && rm -rf /run/moved"])


def test_no_room_for_a_sites_files(account: Machine) -> None:
    with small_disk(account, f"/home/{NAME}/web", "64k"):
        before = account.exec(["sh", "-c", f"find /home/{NAME} /etc/nginx /var/log/nginx | sort"]).stdout
        answer = v(account, "v-add-web-domain", NAME, "new.test")
        assert answer == (13, "Error: no space left on the device; nothing was changed\n")
        assert account.exec(["sh", "-c", f"find /home/{NAME} /etc/nginx /var/log/nginx | sort"]).stdout == before
        assert fetch(account, "steady.test")[0] == 200
    assert v(account, "v-add-web-domain", NAME, "new.test") == (0, "")


def test_no_room_for_the_state(account: Machine) -> None:
    with engine_stopped(account):
        account.exec(
            ["sh", "-c", "cp -a /var/lib/tholos /run/state && mount -t tmpfs -o size=8m small /var/lib/tholos"]
        )
        account.exec(["sh", "-c", "cp -a /run/state/. /var/lib/tholos/"])
    try:
        account.exec(["sh", "-c", f"head -c 100M /dev/zero >{STATE}/filler; true"])
        answers = {v(account, "v-add-web-domain", NAME, f"new{number}.test") for number in range(3)}
        assert {code for code, _ in answers} == {13}
        assert v(account, "v-suspend-user", NAME)[0] == 13
        assert fetch(account, "steady.test")[0] == 200
        assert json.loads(v(account, "v-list-user", NAME, "json")[1])[NAME]["U_WEB_DOMAINS"] == "1"
        account.exec(["rm", f"{STATE}/filler"])
        assert v(account, "v-add-web-domain", NAME, "new0.test") == (0, "")
    finally:
        with engine_stopped(account):
            account.exec(["sh", "-c", "rm -rf /run/state; cp -a /var/lib/tholos /run/state; umount /var/lib/tholos"])
            account.exec(
                ["sh", "-c", "rm -rf /var/lib/tholos/* && cp -a /run/state/. /var/lib/tholos/ && rm -rf /run/state"]
            )
