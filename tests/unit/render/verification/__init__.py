"""Verifications as bytes."""
