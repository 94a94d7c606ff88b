"""Mutants: for each defence a small patch that takes it away, and the test that has to notice."""
