"""The node: its settings, services and readings."""
