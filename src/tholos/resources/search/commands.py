"""Finding commands by the words in their names."""

from __future__ import annotations

from tholos.kernel.command import COMMANDS, command
from tholos.kernel.errors import Usage
from tholos.kernel.tx import State
from tholos.resources.search.types import Word

_RULE = "=" * 33


@command(
    "search.command",
    legacy="v-search-command [ARG1] [ARG2] [ARG3] [ARG4] [ARG5] [ARG6]",
    examples={"arg1": "dns"},
    usage="ARG1 [ARG...]",
    role="user",
)
def show(
    _state: State,
    arg1: Word | None = None,
    arg2: Word | None = None,
    arg3: Word | None = None,
    arg4: Word | None = None,
    arg5: Word | None = None,
    arg6: Word | None = None,
) -> str:
    """Find the commands whose names have all the words in them."""
    asked = [word.lower() for word in (arg1, arg2, arg3, arg4, arg5, arg6) if word]
    if not asked:
        raise Usage("v-search-command ARG1 [ARG...]")
    found = [name for name in sorted(COMMANDS) if all(word in name for word in asked)]
    end = f"Found {len(found)} matching items in {len(COMMANDS)} commands."
    return "\n".join(["Command Search Results", _RULE, *found, _RULE, end]) + "\n"
