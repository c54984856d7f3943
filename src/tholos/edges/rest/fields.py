"""Fields of a body: an argument each, or a list of several arguments of one type that stand side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from tholos.kernel.command import Parameter
from tholos.kernel.types import Together


class Field(NamedTuple):
    """What a body has under one name: an argument, or as many as there are ``slots`` together as a list.

    ``null`` is the text that JSON's null stands for, None where null is no value. ``parts`` are the arguments, itself
    among them, that stand in an object where that is sent.
    """

    name: str
    slots: tuple[Parameter, ...]
    together: Together | None = None
    null: str | None = None
    parts: Mapping[str, Parameter] = {}

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.slots[0].required


def fields_of(parameters: Sequence[Parameter], *, making: bool) -> Iterator[Field]:
    """The fields that arguments are, in their order; ``making`` tells that the request makes something."""
    known = {slot.name: slot for slot in parameters}
    for kind, found in groupby(parameters, key=lambda slot: slot.type):
        side_by_side = tuple(found)
        together: Together | None = getattr(kind, "together", None)
        if together is not None and len(side_by_side) > 1:
            yield Field(together.name, side_by_side, together)
        else:
            parts = {part: known[name] for part, name in getattr(kind, "parts", {}).items()}
            yield from (Field(slot.name, (slot,), None, _null(slot, making=making), parts) for slot in side_by_side)


def _null(slot: Parameter, *, making: bool) -> str | None:
    """What null means: the type says it; of a thing that is made, it is as if the field were left out."""
    if making and not slot.required:
        return ""
    told: str | None = getattr(slot.type, "null", None)
    # To change a thing without a field is to keep what it has of it, which null does not say.
    return told if told or slot.required else None
