"""What accounts use over time: disk, traffic, and the figures of each month."""
