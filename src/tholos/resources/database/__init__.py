"""Databases on MariaDB and PostgreSQL servers, and those servers."""
