"""The log: structlog, imported by the first message, because importing it costs as much as all commands together."""

from __future__ import annotations

from typing import Any


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


log = Log()
"""The log of every part of Tholos."""
