"""The name server: what it knows of zones, and having it change that."""
