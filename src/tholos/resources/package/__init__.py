"""Packages: the limits and defaults that an account is sold with."""
