"""The words that everything else is said in: command, call, transaction, types, want, errors."""
