"""The login shell that confines an account to its home."""
