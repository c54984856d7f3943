"""Accounts: Linux accounts that own everything else."""
