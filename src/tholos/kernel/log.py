"""The log: structlog, imported by the first message, because importing it costs as much as all commands together."""

from __future__ import annotations

import traceback
from typing import Any

from tholos.kernel.errors import Refusal


class Log:
    """Takes an event and what belongs to it by name, as structlog's loggers do."""

    def info(self, event: str, **values: Any) -> None:
        """Say what happened."""
        self._logger().info(event, **values)

    def warning(self, event: str, **values: Any) -> None:
        """Say what an operator should know of."""
        self._logger().warning(event, **values)

    def error(self, event: str, **values: Any) -> None:
        """Say what went wrong."""
        self._logger().error(event, **values)

    @staticmethod
    def _logger() -> Any:
        import structlog

        return structlog.get_logger()


def reason(error: BaseException) -> str:
    """Why something failed, without a value that could be somebody's secret.

    What the operating system, the state's database and services say is told; of our own faults where they happened.
    """
    # DBAPIError of SQLAlchemy: what the database itself says, without the statement and its values.
    said = getattr(error, "orig", None) or (error if isinstance(error, OSError | Refusal) else None)
    if said is not None:
        return f"{type(error).__name__}: {said}"
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-1:]]
    return " at ".join([type(error).__name__, *places])


log = Log()
"""The log of every part of Tholos."""
