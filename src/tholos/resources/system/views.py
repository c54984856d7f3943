"""How plain lists of names print (``commands.json``: v-list-sys-shells and its like)."""

from __future__ import annotations

from tholos.kernel.view import Csv, Table, View


def names(title: str, short: str = "") -> View:
    """A list of names under a title; ``short`` is that of the shell's table where it differs."""
    return View(
        key="",
        json=(),
        plain=(title,),
        csv=Csv((title,), title),
        shell=Table(((short or title, title),)),
        shape="names",
    )
