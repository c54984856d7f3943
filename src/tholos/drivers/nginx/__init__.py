"""nginx: one server block per site, one default server per address."""
