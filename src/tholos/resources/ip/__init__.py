"""Addresses that sites are served on."""
