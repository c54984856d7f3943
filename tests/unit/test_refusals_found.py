"""What the reference says that commands refuse where no case can see it: on a recording host no server is down."""

from __future__ import annotations

import pytest

from tholos.edges.refusals import refusals
from tholos.kernel.command import COMMANDS, load
from tholos.kernel.errors import DatabaseFailed, NoConnection, Unreadable
from tholos.kernel.view import words

load()
UNREADABLE, UNREACHABLE, REFUSED = Unreadable.code, NoConnection.code, DatabaseFailed.code
ON_SERVERS = words("""
v-add-database v-delete-database v-delete-databases v-suspend-database v-suspend-databases v-unsuspend-database
v-unsuspend-databases v-rebuild-database v-rebuild-databases v-change-database-password v-change-database-user
v-add-database-temp-user v-delete-database-temp-user v-update-database-disk v-update-databases-disk
v-add-database-host v-change-database-host-password v-dump-database v-change-database-owner v-import-database
v-delete-user v-suspend-user v-unsuspend-user v-rebuild-all
""")
IN_THE_CLUSTER = words("""
v-sync-dns-cluster v-add-remote-dns-host v-delete-remote-dns-host v-add-remote-dns-domain v-delete-remote-dns-domain
v-delete-remote-dns-domains v-add-remote-dns-record v-delete-remote-dns-record v-change-remote-dns-domain-exp
v-change-remote-dns-domain-soa v-change-remote-dns-domain-ttl
""")


def codes(name: str) -> set[int]:
    return {refused.code for refused in refusals(COMMANDS[name])}


@pytest.mark.parametrize("name", ON_SERVERS)
def test_whatever_is_said_to_a_database_server_may_not_reach_it_and_may_be_refused(name: str) -> None:
    assert {UNREACHABLE, REFUSED} <= codes(name)


@pytest.mark.parametrize("name", IN_THE_CLUSTER)
def test_a_server_of_the_cluster_may_be_out_of_reach(name: str) -> None:
    assert UNREACHABLE in codes(name)
    assert REFUSED not in codes(name)


def test_a_dump_may_be_unreadable_where_one_is_read_and_nowhere_else() -> None:
    assert UNREADABLE in codes("v-import-database")
    assert UNREADABLE not in codes("v-dump-database") | codes("v-change-database-owner")


def test_what_a_reading_refuses_is_found_by_its_name() -> None:
    texts = [refused.text for refused in refusals(COMMANDS["v-search-fs-object"]) if refused.code == UNREADABLE]
    assert any("can't be used" in text for text in texts)


def test_what_parts_of_a_domain_and_things_of_an_account_refuse_is_refused_by_the_whole() -> None:
    assert codes("v-add-domain") >= {3, 4, 8, 11}
    assert 6 in codes("v-unsuspend-domain") - codes("v-suspend-domain")
    assert 4 not in codes("v-search-domain-owner")


@pytest.mark.parametrize("name", ["v-add-web-domain", "v-suspend-database-host", "v-update-web-domain-traff"])
def test_what_speaks_to_no_server_has_no_such_refusal(name: str) -> None:
    assert not {UNREACHABLE, REFUSED} & codes(name)


def test_every_command_that_waits_for_the_cluster_or_speaks_to_database_servers_is_known_here() -> None:
    found = {name for name in COMMANDS if UNREACHABLE in codes(name)}
    assert found == {*ON_SERVERS, *IN_THE_CLUSTER}
