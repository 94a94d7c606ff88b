"""Measures mqinfra against what the raw client needs for the same work: `python -m tests.bench`, `make bench`."""
