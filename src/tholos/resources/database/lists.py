"""Listing databases and their servers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, NotExist
from tholos.kernel.tx import State
from tholos.resources.database import resource
from tholos.resources.database.model import database_hosts, databases
from tholos.resources.database.record import Database, of_account, require
from tholos.resources.database.types import ENGINES, DatabaseName, Engine, ServerName
from tholos.resources.database.views import DATABASE, DATABASES, SERVER, SERVERS
from tholos.resources.database.views import ENGINES as ENGINE_NAMES
from tholos.resources.system.model import setting
from tholos.resources.types import AccountName
from tholos.resources.user.record import require as require_account


@command(
    "database.show",
    legacy="v-list-database USER DATABASE [FORMAT]",
    rest="GET /users/{user}/databases/{database}",
    role="user",
    view=DATABASE,
    resource=resource.Database,
)
def show(state: State, user: AccountName, database: DatabaseName) -> Database:
    """Show a database."""
    require_account(state, user)
    return require(state, user, database)


@command(
    "database.list",
    legacy="v-list-databases USER [FORMAT]",
    rest="GET /users/{user}/databases",
    role="user",
    view=DATABASES,
    resource=resource.Database,
)
def show_all(state: State, user: AccountName) -> Sequence[Database]:
    """List the databases of an account."""
    require_account(state, user)
    return of_account(state, user)


def _servers() -> Select[Any]:
    here = databases.c.host_id == database_hosts.c.id
    # Without being told, the inner select would have servers of its own, and so everybody's names.
    own = select(databases.c.account).distinct().where(here).correlate(database_hosts)
    names = own.order_by(databases.c.account)
    users = select(func.coalesce(func.group_concat(names.subquery().c.account, ","), "")).scalar_subquery()
    return select(database_hosts, users.label("accounts"))


@command(
    "database.server.show",
    legacy="v-list-database-host TYPE HOST [FORMAT]",
    rest="GET /database-servers/{type}/{host}",
    view=SERVER,
    resource=resource.DatabaseServer,
)
def show_server(state: State, type: Engine, host: ServerName) -> Row[Any]:
    """Show a database server."""
    if type not in ENGINES:
        raise Invalid(f"{type} type is invalid", argument="type")
    here = (database_hosts.c.type == type) & (database_hosts.c.host == host)
    found = state.row(_servers().where(here))
    if found is None:
        raise NotExist(f"{type} host {host} doesn't exist", argument="host")
    return found


@command(
    "database.server.list",
    legacy="v-list-database-hosts [FORMAT]",
    rest="GET /database-servers",
    view=SERVERS,
    resource=resource.DatabaseServer,
)
def show_servers(state: State) -> Sequence[Row[Any]]:
    """List the database servers, engine by engine."""
    engines = func.instr(setting(state, "DB_SYSTEM"), database_hosts.c.type)
    return state.listed(_servers().where(engines > 0).order_by(engines, database_hosts.c.id))


@command(
    "database.engine.list",
    legacy="v-list-database-types [FORMAT]",
    rest="GET /database-types",
    role="user",
    view=ENGINE_NAMES,
    resource=str,
)
def show_engines(state: State) -> Sequence[str]:
    """List the engines that databases may be on."""
    return [name for name in setting(state, "DB_SYSTEM").split(",") if name in ENGINES]
