"""The states that something can be in: one file per state, each a function from samples to a verdict."""
