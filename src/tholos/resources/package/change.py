"""Adding, copying, renaming and deleting packages.

The form of a new name is checked after the old package was found, as the facts order it; until then it is plain text.
"""

from __future__ import annotations

from sqlalchemy import insert, update

from tholos.kernel.command import command
from tholos.kernel.errors import InUse, NotExist
from tholos.kernel.job import Started
from tholos.kernel.late import Late
from tholos.kernel.tx import Tx
from tholos.resources.log.model import note
from tholos.resources.package.model import packages
from tholos.resources.package.record import DEFAULT, copied, require, require_free
from tholos.resources.package.types import PackageFile, SoughtPackage
from tholos.resources.templates import require_choice
from tholos.resources.types import Common, ObjectName
from tholos.resources.user.change import require_shell
from tholos.resources.user.each import do_each
from tholos.resources.user.package import TO_DEFAULT, TO_LIMITS
from tholos.resources.user.types import Force, TemplateKind


@command(
    "package.add",
    legacy="v-add-user-package TMPFILE PACKAGE [REWRITE]",
    examples={"package": "silver"},
    usage="PKG_DIR PACKAGE",
    rest="PUT /packages/{package}",
)
def add(tx: Tx, tmpfile: PackageFile, package: ObjectName, rewrite: Force | None = None) -> None:
    """Create a package from a file, or replace one when REWRITE is yes."""
    require_shell(tx, tmpfile.values["shell"])
    for kind in TemplateKind.words:
        require_choice(tx, kind.lower(), tmpfile.values[f"{kind.lower()}_template"])
    if rewrite == "yes":
        require(tx, package)
        tx.execute(update(packages).where(packages.c.name == package).values(tmpfile.values))
    else:
        require_free(tx, package)
        tx.execute(insert(packages).values(name=package, created=tx.context.now, **tmpfile.values))
    note(tx, "system", "Packages", f"Package written (Name: {package}).")


@command(
    "package.copy",
    legacy="v-copy-user-package PACKAGE NEW_PACKAGE",
    examples={"new_package": "gold"},
    rest="POST /packages/{package}/copy",
)
def copy(tx: Tx, package: SoughtPackage, new_package: Late[ObjectName]) -> None:
    """Create a package with the limits of another."""
    source = require(tx, package)
    name = new_package.take()
    require_free(tx, name)
    tx.execute(insert(packages).values(name=name, created=tx.context.now, **copied(source)))
    note(tx, "system", "System", f"Package copied (From: {package}, To: {name}).")


@command(
    "package.rename",
    legacy="v-rename-user-package OLD_NAME NEW_NAME [MODE]",
    examples={"old_name": "gold", "new_name": "silver"},
    rest="POST /packages/{old_name}/rename",
)
def rename(tx: Tx, old_name: SoughtPackage, new_name: Late[ObjectName], mode: Common | None = None) -> None:
    """Give a package another name; its accounts keep it."""
    require(tx, old_name)
    _require_not_default(old_name)
    name = new_name.take()
    if tx.row(packages.select().where(packages.c.name == name)) is not None:
        raise NotExist(f"package {name} exists", argument="new_name")
    tx.execute(update(packages).where(packages.c.name == old_name).values(name=name))
    note(tx, "system", "System", f"Package renamed (From: {old_name}, To: {name}).")


@command(
    "package.delete",
    legacy="v-delete-user-package PACKAGE",
    examples={"package": "gold"},
    rest="DELETE /packages/{package}",
)
def remove(tx: Tx, package: ObjectName) -> Started | None:
    """Delete a package; its accounts, suspended or not, get the package `default`."""
    require(tx, package)
    _require_not_default(package)
    return do_each(tx, TO_DEFAULT, package)


@command("package.apply", legacy="v-update-user-package PACKAGE", rest="POST /packages/{package}/apply")
def apply(tx: Tx, package: ObjectName) -> Started | None:
    """Give all accounts of a package its limits as they are now."""
    require(tx, package)
    return do_each(tx, TO_LIMITS, package)


def _require_not_default(package: str) -> None:
    """The reference deletes the default package too and leaves accounts without one."""
    if package == DEFAULT:
        raise InUse(f"package {package} is in use", argument="package")
