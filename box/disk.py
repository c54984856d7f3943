"""A box's disk: an overlay over the image, so that the image is shared and what the box writes goes with it."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path

from box.places import IN_BOX_SOURCE, IN_BOX_WHEELS
from box.say import run


def create(directory: Path, image: Path, hostname: str, address: str) -> None:
    """Mount the overlay at `root` in the box's directory and give the machine its names."""
    upper, work, root = (directory / part for part in ("upper", "work", "root"))
    for part in (upper, work, root):
        part.mkdir()
    # The root directory of the machine is the upper one's, so it needs the mode that a root directory has.
    upper.chmod(0o755)
    options = f"lowerdir={image},upperdir={upper},workdir={work}"
    run(["mount", "-t", "overlay", "tholos-box", "-o", options, str(root)])
    short = hostname.partition(".")[0]
    (root / "etc/hostname").write_text(f"{hostname}\n")
    (root / "etc/hosts").write_text(f"127.0.0.1 localhost\n::1 localhost\n{address} {hostname} {short}\n")
    # With an identity from the start, systemd does not take this for a first boot and enable things anew.
    (root / "etc/machine-id").write_text(secrets.token_hex(16) + "\n")
    for point in (IN_BOX_SOURCE, IN_BOX_WHEELS):
        (root / point.lstrip("/")).mkdir(parents=True, exist_ok=True)


def destroy(directory: Path) -> None:
    """Unmount the overlay and remove the box's directory; what is not there is no problem."""
    root = directory / "root"
    for _ in range(5):
        if not root.is_mount():
            break
        subprocess.run(["umount", "--recursive", str(root)], capture_output=True, check=False)
    if root.is_mount():
        # Something of the host still looks into the box; it keeps its view, but the box's name is free again.
        run(["umount", "--lazy", str(root)])
    shutil.rmtree(directory, ignore_errors=True)
