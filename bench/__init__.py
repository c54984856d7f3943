"""Benchmarks: each prints a ratio against a floor or a peer measured in the same run, beside the most it may be."""
