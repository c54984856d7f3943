"""Whole domains on the real machine: site and zone come and go together, whichever of the two fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import dns.rcode
import pytest
from box.machine import Machine
from tests.box.customers import Customer
from tests.box.test_crash_machine import engine_stopped, program
from tests.box.test_dns_server import wait_for_server
from tests.box.test_web_sites import fetch, v

NAME, OTHER = "zparts", "zpartsother"
GONE, THERE = (404, dns.rcode.REFUSED), (200, dns.rcode.NOERROR)


class Domain(Customer):
    """A customer's domain, as nginx and the name server have it, and as the lists show it."""

    def served(self) -> tuple[int, dns.rcode.Rcode]:
        """What nginx and the name server answer."""
        return fetch(self.machine, self.domain)[0], self.rcode()

    def parts(self) -> tuple[bool, bool]:
        """Whether the account has the site, and the zone."""
        codes = [v(self.machine, f"v-list-{kind}-domain", self.name, self.domain)[0] for kind in ("web", "dns")]
        return codes[0] == 0, codes[1] == 0

    def files(self) -> list[str]:
        """What is on the disk under the domain's name."""
        found = self.machine.exec(
            [
                "sh",
                "-c",
                f"find /home /etc/nginx /etc/bind /var/lib/bind /var/cache/bind /var/log/nginx -name '*{self.domain}*'",
            ],
            check=False,
        )
        return sorted(found.stdout.split())

    def is_whole(self) -> bool:
        """Whether both parts are there, and served."""
        return (self.parts(), self.served()) == ((True, True), THERE)

    def is_gone(self) -> bool:
        """Whether nothing is there."""
        return (self.parts(), self.served(), self.files()) == ((False, False), GONE, [])


@pytest.fixture
def domain(machine: Machine) -> Iterator[Domain]:
    """The domain that is to come; afterwards the machine is as the state says."""
    for name in (NAME, OTHER):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
    yield Domain(machine, NAME)
    for name in (NAME, OTHER):
        assert v(machine, "v-delete-user", name) == (0, "")
    with engine_stopped(machine):
        assert program(machine, "drift") == [[]]


@contextmanager
def no_name_server(machine: Machine) -> Iterator[None]:
    """The name server does not run meanwhile."""
    machine.exec(["systemctl", "stop", "named"])
    try:
        yield
    finally:
        machine.exec(["systemctl", "start", "named"])
        wait_for_server(machine)


@contextmanager
def broken_nginx(machine: Machine, path: str) -> Iterator[None]:
    """A file that nginx refuses meanwhile."""
    machine.exec(["mkdir", "-p", path.rpartition("/")[0]])
    machine.exec(["tee", path], input="no_such_directive on;\n")
    try:
        yield
    finally:
        machine.exec(["rm", path])


def test_nothing_is_left_of_a_domain_whose_zone_cannot_be_served(domain: Domain) -> None:
    machine = domain.machine
    with no_name_server(machine):
        code, text = v(machine, "v-add-domain", NAME, domain.domain)
        assert code == 20 and "name server" in text, text
        assert domain.parts() == (False, False)
        assert fetch(machine, domain.domain)[0] == 404
    assert domain.is_gone()
    assert v(machine, "v-add-domain", NAME, domain.domain) == (0, "")
    assert domain.is_whole()


def test_a_domain_stays_whole_while_its_zone_cannot_be_taken_away(domain: Domain) -> None:
    machine = domain.machine
    assert v(machine, "v-add-domain", NAME, domain.domain) == (0, "")
    with no_name_server(machine):
        assert v(machine, "v-delete-domain", NAME, domain.domain)[0] == 20
        assert domain.parts() == (True, True)
        assert fetch(machine, domain.domain)[0] == 200
    assert domain.is_whole()
    assert v(machine, "v-delete-domain", NAME, domain.domain) == (0, "")
    assert domain.is_gone()
    assert v(machine, "v-delete-domain", NAME, domain.domain)[0] == 3


def test_nothing_is_left_of_a_domain_whose_site_nginx_refuses(domain: Domain) -> None:
    machine, directory = domain.machine, f"/home/{NAME}/conf/web/{domain.domain}"
    with broken_nginx(machine, f"{directory}/nginx.conf_bad"):
        code, text = v(machine, "v-add-domain", NAME, domain.domain)
        assert (code, "no_such_directive" in text) == (20, True)
        assert (domain.parts(), domain.served()) == ((False, False), GONE)
    machine.exec(["rmdir", directory])
    assert domain.is_gone()
    assert v(machine, "v-add-domain", NAME, domain.domain) == (0, "")
    assert domain.is_whole()


def test_a_domain_stays_whole_while_nginx_refuses_everything(domain: Domain) -> None:
    machine = domain.machine
    assert v(machine, "v-add-domain", NAME, domain.domain) == (0, "")
    with broken_nginx(machine, "/etc/nginx/conf.d/administrator.conf"):
        for command in ("v-delete-domain", "v-suspend-domain"):
            assert v(machine, command, NAME, domain.domain)[0] == 20
            assert domain.is_whole()
    assert v(machine, "v-suspend-domain", NAME, domain.domain) == (0, "")
    assert domain.served() == (503, dns.rcode.REFUSED)
    assert v(machine, "v-unsuspend-domain", NAME, domain.domain) == (0, "")
    assert domain.is_whole()


@pytest.mark.parametrize("kind", ["web", "dns"])
def test_a_name_that_another_account_has_in_one_part_is_refused_in_all(domain: Domain, kind: str) -> None:
    machine = domain.machine
    address = [machine.address] if kind == "dns" else []
    assert v(machine, f"v-add-{kind}-domain", OTHER, domain.domain, *address) == (0, "")
    before, files = domain.served(), domain.files()
    assert v(machine, "v-add-domain", NAME, domain.domain)[0] == 4
    assert (domain.parts(), domain.served(), domain.files()) == ((False, False), before, files)


@pytest.mark.parametrize("kind", ["WEB_DOMAINS", "DNS_DOMAINS"])
def test_a_part_that_the_package_has_no_room_for_is_left_out(domain: Domain, kind: str) -> None:
    machine = domain.machine
    v(machine, "v-change-user-config-value", NAME, kind, "0")
    assert v(machine, "v-add-domain", NAME, domain.domain) == (0, "")
    assert domain.parts() == (kind == "DNS_DOMAINS", kind == "WEB_DOMAINS")
    assert v(machine, "v-delete-domain", NAME, domain.domain) == (0, "")
    for limit in ("WEB_DOMAINS", "DNS_DOMAINS", "MAIL_DOMAINS"):
        v(machine, "v-change-user-config-value", NAME, limit, "0")
    assert v(machine, "v-add-domain", NAME, domain.domain)[0] == 8
    assert domain.is_gone()


def test_in_a_round_with_others_only_the_culprit_fails(domain: Domain) -> None:
    machine, directory = domain.machine, f"/home/{NAME}/conf/web/{domain.domain}"
    others = ["one.zparts.example", "two.zparts.example"]
    calls = [["v-add-domain", NAME, name] for name in (others[0], domain.domain, others[1])]
    with broken_nginx(machine, f"{directory}/nginx.conf_bad"), engine_stopped(machine):
        answers, drift = program(machine, "round", json.dumps(calls))
    assert isinstance(answers, list)
    assert ([code for code, _ in answers], drift) == ([0, 20, 0], [])
    assert domain.parts() == (False, False)
    zones = json.loads(v(machine, "v-list-dns-domains", NAME, "json")[1])
    assert sorted(zones) == others
    assert [fetch(machine, name)[0] for name in others] == [200, 200]
