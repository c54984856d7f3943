"""Readings of the machine, one module per subject; none of them changes anything."""
