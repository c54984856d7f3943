"""A disposable Debian machine with real systemd, and the commands of the `tholos` script that people run."""
