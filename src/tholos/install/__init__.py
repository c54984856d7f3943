"""The production installer for Debian 12: `tholos install`.

It runs as root under the system's Python before anything of Tholos is there, so it uses the standard library alone and
imports nothing of the rest. Every step looks at what is there and does only what is missing: running it again repairs,
finishes an interrupted run, or upgrades.
"""
