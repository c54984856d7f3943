"""Databases and roles on PostgreSQL."""
