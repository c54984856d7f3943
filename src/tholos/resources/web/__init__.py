"""Web domains: sites served from an account."""
