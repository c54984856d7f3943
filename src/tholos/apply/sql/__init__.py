"""Database servers: their statements, over kept connections."""
