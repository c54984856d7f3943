"""How peers print."""

from __future__ import annotations

from tholos.kernel.view import Csv, Labels, Table, View, moments, words

_COLUMNS = words("ADDRESS NAME TIME DATE")
_MADE = words("ADDRESS TRANSFER_KEY")

PEERS = View(
    key="ADDRESS",
    fields=moments("created"),
    json=_COLUMNS[1:],
    plain=_COLUMNS,
    csv=Csv(_COLUMNS, ",".join(_COLUMNS)),
    shell=Table(tuple((word, word) for word in _COLUMNS)),
)
MADE = View(
    key="ADDRESS",
    json=_MADE,
    plain=("TRANSFER_KEY",),
    shell=Labels(tuple((f"{word}:", word) for word in _MADE), width=16, also_plain=False),
    shape="object",
)
