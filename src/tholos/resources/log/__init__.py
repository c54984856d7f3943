"""What happened: the history and the logins of an account."""
