"""Fields of a body: an argument each, or a list of several arguments of one type that stand side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from tholos.kernel.command import Parameter
from tholos.kernel.types import Together


class Field(NamedTuple):
    """What a body has under one name: an argument, or as many as there are ``slots`` together as a list."""

    name: str
    slots: tuple[Parameter, ...]
    together: Together | None = None

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.slots[0].required


def fields_of(parameters: Sequence[Parameter]) -> Iterator[Field]:
    """The fields that arguments are, in their order."""
    for kind, found in groupby(parameters, key=lambda slot: slot.type):
        side_by_side = tuple(found)
        together: Together | None = getattr(kind, "together", None)
        if together is not None and len(side_by_side) > 1:
            yield Field(together.name, side_by_side, together)
        else:
            yield from (Field(slot.name, (slot,)) for slot in side_by_side)
