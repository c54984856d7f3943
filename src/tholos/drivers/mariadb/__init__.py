"""Databases and logins on MariaDB."""
