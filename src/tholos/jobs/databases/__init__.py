"""Databases in jobs: what gets at them, reads them out and fills them."""
