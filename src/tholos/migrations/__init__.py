"""The database's schema over time, as alembic revisions; ``upgrade`` brings a database to the newest."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

HERE = Path(__file__).parent


def newest() -> str:
    """The newest revision: revisions are files named by ascending numbers."""
    return max(path.name.partition("_")[0] for path in (HERE / "versions").glob("[0-9]*.py"))


def current(connection: Connection) -> str | None:
    """The revision of a database, None for an empty one."""
    try:
        return connection.execute(text("select version_num from alembic_version")).scalar()
    except OperationalError:
        connection.rollback()
        return None


def upgrade(engine: Engine) -> bool:
    """Bring a database to the newest revision in one transaction; give whether there was anything to do."""
    with engine.connect() as connection:
        if current(connection) == newest():
            return False
        connection.rollback()
        # Alembic is imported only when there is something to do: it would cost every start 0.2 s and 10 MB.
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(HERE).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    return True
