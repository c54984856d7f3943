"""Argument types of sites."""

from __future__ import annotations

import re

from tholos.kernel.types import Text


class Extensions(Text):
    """File name extensions (is_extention_format_valid): letters, digits, ``-``, ``_``, ``*`` and dots, with commas."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9._*,-]*")
    max_length = 1000
    expected = "extensions with commas between, such as jpg,png"
    example = "jpg,png,css"
