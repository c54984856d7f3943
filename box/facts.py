"""What a person or a program needs to reach a running Tholos."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

REHEARSED = """
  R E H E A R S A L   -  nothing is executed: files go into a directory, commands and reloads are only written down.
"""


@dataclass(frozen=True)
class Facts:
    """How to reach one Tholos, and with what."""

    url: str
    user: str
    password: str
    access_key: str
    secret_key: str
    api_hash: str
    address: str
    name: str
    ca_certificate: str
    rehearsal: str = ""

    def as_json(self) -> str:
        """Give the facts as one JSON object."""
        return json.dumps({key: value for key, value in asdict(self).items() if value})

    def as_text(self) -> str:
        """Give the facts for a person, with three lines to try."""
        lines = [
            REHEARSED + f"  What it would have done: {self.rehearsal}\n" if self.rehearsal else "",
            f"URL         {self.url}",
            f"user        {self.user}",
            f"password    {self.password}",
            f"access key  {self.access_key}",
            f"secret key  {self.secret_key}",
            f"legacy key  {self.api_hash}",
            "",
            "Three lines to try:",
            "",
            *self.lines(),
        ]
        return "\n".join(lines).lstrip("\n")

    def lines(self) -> tuple[str, str, str]:
        """Give three commands for a shell: list the accounts; add an account and a site; fetch the site."""
        call = f"curl --cacert {self.ca_certificate} {self.url}/api/"
        keys = f"-d access_key={self.access_key} -d secret_key={self.secret_key}"
        # Hashes of access keys are the older way to say the same, and keep the longest line readable.
        short = f"-w '\\n' -d hash={self.access_key}:{self.secret_key} -d returncode=yes"
        add_user = f"{call} {short} -d cmd=v-add-user -d arg1=alice -d arg2=Hearth-2468 -d arg3=alice@alice.example"
        add_site = f"{call} {short} -d cmd=v-add-web-domain -d arg1=alice -d arg2=alice.example"
        return (
            f"{call} {keys} -d cmd=v-list-users -d arg1=json",
            f"{add_user} && {add_site}",
            f"find {self.rehearsal} -type f"
            if self.rehearsal
            else f"curl -H 'Host: alice.example' http://{self.address}/",
        )

    def save(self, path: Path) -> None:
        """Keep the facts where only the owner can read them; a reader sees all of them or none."""
        scratch = path.with_suffix(".new")
        scratch.unlink(missing_ok=True)
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(json.dumps(asdict(self)))
        scratch.replace(path)


def load(path: Path) -> Facts | None:
    """Give facts that were kept, or None."""
    return Facts(**json.loads(path.read_text())) if path.exists() else None
