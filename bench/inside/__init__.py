"""What runs inside the box: standard library only where the system's Python runs it."""
