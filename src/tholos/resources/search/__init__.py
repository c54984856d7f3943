"""Finding commands, owners, files, and whatever has a name."""
