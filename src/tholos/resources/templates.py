"""The templates that things are made from, by kind: ``web``, ``backend``, ``proxy`` and ``dns``.

A noun that has templates says with one line which there are, those of an administrator among them:

    template_kind("dns", lambda state: sorted(...))

Accounts and packages then take them. ``default`` is taken of every kind, because it also stands for the templates of a
subsystem that nothing serves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tholos.kernel.errors import NotExist
from tholos.kernel.tx import State

Names = Callable[[State], Sequence[str]]
_KINDS: dict[str, Names] = {}
DEFAULT = "default"


def template_kind(kind: str, names: Names) -> Names:
    """Register how the templates of a kind are listed."""
    _KINDS[kind] = names
    return names


def require_choice(state: State, kind: str, name: str) -> None:
    """Raise NotExist for a template that an account cannot have (is_web_template_valid and its like)."""
    if name != DEFAULT and (kind not in _KINDS or name not in _KINDS[kind](state)):
        raise NotExist(f"{name} {kind} template doesn't exist", argument="template")
