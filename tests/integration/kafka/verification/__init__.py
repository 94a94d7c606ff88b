"""Verifications of a project on real clusters."""
