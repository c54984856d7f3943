"""A domain as a whole: its site, and its other parts where they are managed."""
