"""Dialects that are the same for all brokers; those of one broker come from its provider."""
