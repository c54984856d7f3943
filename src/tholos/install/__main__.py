"""`python3 -m tholos.install`."""

import sys

from tholos.install.cli import main

sys.exit(main(sys.argv[1:]))
