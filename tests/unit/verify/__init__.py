"""Verification without a broker."""
