"""php-fpm: one master per account, running as the account, started by its first request."""
