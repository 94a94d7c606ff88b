"""Checks of what only Redis has, one file each."""
