"""Argument types of jobs."""

from __future__ import annotations

import re

from tholos.kernel.types import Text


class JobId(Text):
    """The id of a job."""

    __slots__ = ()
    pattern = re.compile(r"[0-9a-f]{22}")
    max_length = 22
    expected = "the id of a job"
    example = "019ab3c4d5e60123456789"
