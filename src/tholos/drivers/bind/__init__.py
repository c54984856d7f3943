"""BIND 9, the server of zones."""
