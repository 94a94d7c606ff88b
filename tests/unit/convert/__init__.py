"""Conversion without the command line."""
