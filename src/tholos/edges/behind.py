"""What commands call through a value, found by how they call it: readings, jobs, and the servers of databases.

A command asks a machine that it is given, and says what is to be done after it; which code that comes to stands in
registers. Here is how a call in the text of a function is looked up there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType
from typing import Any

from tholos.apply.machine import READINGS
from tholos.apply.sql.servers import connect
from tholos.jobs import declared
from tholos.jobs.cluster import Cluster
from tholos.jobs.usage import Usage
from tholos.kernel.command import load
from tholos.kernel.job import Asked
from tholos.resources.domain.parts import parts
from tholos.resources.owned import OWNED

_TOUCHING = ("want", "drop", "rebuild", "hand")
"""How a transaction says what is to be planned again (``kernel/tx.py``)."""
_ON_SERVERS = ("database", "database_login")
"""The scopes whose drivers speak to database servers."""
_OF_A_REGISTER = "kind"
"""The name that a noun has where all nouns of a register are gone through."""
_HOST = "host"
"""The name that a host has, whose servers are those of databases."""
_WAITED_FOR = {name: kind.wait for kind in (Cluster, Usage) for name in kind.jobs}
"""What waits for a job by its name, as the composition root puts them together."""


def called(node: ast.AST, names: Mapping[str, Any]) -> Iterator[Any]:
    """The code that a node of a function's text comes to through a value; ``names`` are those of its module."""
    if isinstance(node, ast.Attribute):
        yield from _attribute(node, names)
    elif isinstance(node, ast.Call) and node.args:
        first, method = node.args[0], getattr(node.func, "attr", getattr(node.func, "id", ""))
        said = first.value if isinstance(first, ast.Constant) else names.get(getattr(first, "id", ""))
        if isinstance(said, str):
            yield from _behind(method, said)


def _attribute(node: ast.Attribute, names: Mapping[str, Any]) -> Iterator[Any]:
    """What an attribute stands for: the servers of a host, or what each noun of a register does."""
    if node.attr == "servers" and _HOST in (getattr(node.value, "attr", ""), getattr(node.value, "id", "")):
        yield connect
    elif isinstance(node.value, ast.Name) and node.value.id == _OF_A_REGISTER:
        kinds = [*(parts() if names.get("parts") is parts else ())]
        kinds += OWNED.values() if names.get("OWNED") is OWNED else ()
        yield from (does for kind in kinds if isinstance(does := getattr(kind, node.attr, None), FunctionType))


def _behind(method: str, said: str) -> Iterator[Any]:
    if method in _TOUCHING and said in _ON_SERVERS:
        yield connect
    elif method == "read":
        load("tholos.apply")
        yield READINGS.get(said)
    elif method == "wait_for" and said in _WAITED_FOR:
        yield _WAITED_FOR[said]


def held(thing: Any) -> Iterable[Any]:
    """What a value leads to: a class of ``Asked`` to the function of its job."""
    if isinstance(thing, type) and issubclass(thing, Asked) and thing is not Asked:
        declared.load()
        return (declared.KINDS[thing.kind].function,)
    return ()
