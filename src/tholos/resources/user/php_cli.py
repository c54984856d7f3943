"""The PHP of the node, and of an account's shell."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.types import PhpVersionWord
from tholos.resources.types import AccountName
from tholos.resources.user.change import set_columns
from tholos.resources.user.record import require_active


def require_php(state: State, version: str) -> None:
    """Raise Invalid for a version that is not installed."""
    if version not in state.context.machine.read("php"):
        raise Invalid(f"invalid version format :: {version}", argument="version")


@command("system.php.change", legacy="v-change-sys-php VERSION", rest="PUT /php/default")
def change_default(tx: Tx, version: PhpVersionWord) -> None:
    """Choose the version of PHP of the node, one of the installed; Debian has one, so that this only checks it."""
    require_php(tx, version)
    note(tx, SYSTEM, "System", f"PHP of the node chosen (Version: {version}).")


@command(
    "user.php_cli.change",
    legacy="v-change-user-php-cli USER VERSION",
    usage="USER PHPVERSION",
    rest="PUT /users/{user}/php-cli",
    role="user",
)
def change(tx: Tx, user: AccountName, version: PhpVersionWord) -> None:
    """Choose the version of PHP in an account's shell, one of the installed."""
    require_active(tx, user)
    require_php(tx, version)
    set_columns(tx, user, php_cli=version)
    note(tx, SYSTEM, "Users", f"PHP of the shell changed (Name: {user}, Version: {version}).")
