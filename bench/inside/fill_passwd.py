"""Give the system's own files as many accounts as the state has, so that useradd works at the same size."""

from __future__ import annotations

import sys
from pathlib import Path


def main(number: int) -> None:
    """Append accounts to passwd, shadow, group and gshadow."""
    lines = {
        "passwd": "s{n:05d}:x:{u}:{u}::/home/s{n:05d}:/usr/sbin/nologin\n",
        "shadow": "s{n:05d}:!:19000:0:99999:7:::\n",
        "group": "s{n:05d}:x:{u}:\n",
        "gshadow": "s{n:05d}:!::\n",
    }
    for name, line in lines.items():
        with (Path("/etc") / name).open("a") as file:
            file.writelines(line.format(n=n, u=50_000 + n) for n in range(1, number + 1))


if __name__ == "__main__":
    main(int(sys.argv[1]))
