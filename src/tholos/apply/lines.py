"""Files of lines with a key before the first colon (passwd(5) and its like): reading and changing single lines."""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence

from tholos.apply import files, paths
from tholos.apply.files import Tree
from tholos.apply.steps import Line, Write


def find(content: bytes, key: str) -> tuple[int, int]:
    """Start and end of the line whose first field is ``key``; both are the content's length when there is none."""
    prefix = key.encode() + b":"
    start = 0 if content.startswith(prefix) else content.find(b"\n" + prefix) + 1
    if start == 0 and not content.startswith(prefix):
        return len(content), len(content)
    end = content.find(b"\n", start)
    return start, len(content) if end < 0 else end + 1


def edit(content: bytes, lines: Mapping[str, str | None]) -> bytes:
    """Put, replace (in place) or take away (None) lines by their key; a new line comes last."""
    if content and not content.endswith(b"\n"):
        # Somebody edited the file by hand; without this a new line would continue the last one.
        content += b"\n"
    for key, text in lines.items():
        start, end = find(content, key)
        content = content[:start] + (b"" if text is None else text.encode() + b"\n") + content[end:]
    return content


def has_line(tree: Tree, step: Line) -> bool:
    """Tell whether the file has exactly this line, or none when none is wanted."""
    found = paths.read(tree.root, step.path)
    if found is None:
        return step.text is None
    start, end = find(found[0], step.key)
    present = found[0][start:end].removesuffix(b"\n")
    return present == (b"" if step.text is None else step.text.encode())


def set_lines(tree: Tree, steps: Sequence[Line], batch: str) -> None:
    """Change several lines of one file in one rewrite that keeps owner and mode."""
    first = steps[0]
    found = paths.read(tree.root, first.path)
    content = edit(found[0] if found else b"", {step.key: step.text for step in steps})
    if found is None:
        files.write(tree, Write(first.path, content, first.mode, 0, first.group), batch)
        return
    kept = found[1]
    files.write(tree, Write(first.path, content, stat.S_IMODE(kept.st_mode), kept.st_uid, kept.st_gid), batch)
