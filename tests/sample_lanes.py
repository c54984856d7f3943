"""Programs that run samples, one a language: each stays up and is given one sample after the other.

A sample runs below the functions that the reference prints above it, as in a program that somebody copied together. In
and out go lines: the functions, then each sample, in base64; for each sample a status, 0 or 1, and what was printed.
"""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Mapping, Sequence
from typing import NamedTuple

BASH = r"""
read -r functions
while read -r sample; do
    program=$(base64 -d <<<"$functions"; echo; base64 -d <<<"$sample")
    output=$(bash -eo pipefail -c "$program" 2>&1 </dev/null)
    echo "$(( $? != 0 )) $(base64 -w0 <<<"$output")"
done
"""
PYTHON = r"""
import base64, contextlib, io, sys
functions = base64.b64decode(input()).decode()
for line in sys.stdin:
    printed, status = io.StringIO(), 0
    try:
        with contextlib.redirect_stdout(printed):
            exec(functions + "\n" + base64.b64decode(line).decode(), {"__name__": "__main__"})
    except Exception as error:
        status = 1
        printed.write(repr(error))
    print(status, base64.b64encode(printed.getvalue().encode()).decode(), flush=True)
"""
JAVASCRIPT = r"""
const lines = require("readline").createInterface({ input: process.stdin });
(async () => {
  let functions, number = 0;
  for await (const line of lines) {
    if (functions === undefined) { functions = Buffer.from(line, "base64"); continue; }
    // A module is evaluated once for each address, so the same sample needs another one each time.
    const end = Buffer.from(`\n// ${(number += 1)}`);
    const program = Buffer.concat([functions, Buffer.from("\n"), Buffer.from(line, "base64"), end]);
    let printed = "", status = 0;
    console.log = (value) => { printed += require("util").inspect(value) + "\n"; };
    try {
      await import("data:text/javascript;base64," + program.toString("base64"));
    } catch (error) {
      status = 1;
      printed += `${error} ${error.cause ?? ""}`;
    }
    process.stdout.write(`${status} ${Buffer.from(printed).toString("base64")}\n`);
  }
})();
"""
PHP = r"""
set_error_handler(function ($level, $text) { throw new ErrorException($text); });
eval(preg_replace('/^<\?php/', '', base64_decode(trim(fgets(STDIN)))));
while (($line = fgets(STDIN)) !== false) {
    ob_start();
    $status = 0;
    try {
        eval(base64_decode($line));
    } catch (Throwable $error) {
        $status = 1;
        echo get_class($error), ' ', $error->getCode(), ' ', $error->getMessage();
    }
    echo $status . ' ' . base64_encode(ob_get_clean()) . "\n";
    flush();
}
"""
PROGRAMS: Mapping[str, Sequence[str]] = {
    "bash": ("bash", "-c", BASH),
    "python": ("python3", "-c", PYTHON),
    "javascript": ("node", "-e", JAVASCRIPT),
    "php": ("php", "-r", PHP),
}


class Ran(NamedTuple):
    """What became of a sample."""

    failed: bool
    printed: str


class Lane:
    """A program that runs the samples of a language."""

    def __init__(self, argv: Sequence[str], functions: str, env: Mapping[str, str] | None = None) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True, env=env)
        self._send(functions)

    def run(self, sample: str) -> Ran:
        """Run a sample."""
        self._send(sample)
        assert self._process.stdout is not None
        status, _, printed = self._process.stdout.readline().rstrip("\n").partition(" ")
        assert status in ("0", "1"), "the program that runs samples has died"
        return Ran(status == "1", base64.b64decode(printed).decode())

    def _send(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(base64.b64encode(text.encode()).decode() + "\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """End the program."""
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.wait(timeout=60)
