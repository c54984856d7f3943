"""Jobs that cron runs for accounts."""
