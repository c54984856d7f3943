"""The only code that changes a machine: steps, host, journal, writer, reconcile."""
