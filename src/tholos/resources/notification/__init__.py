"""Notices that an account reads in the panel."""
