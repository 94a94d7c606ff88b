"""A provider of somebody else: a distribution of its own, installed beside mqinfra, which knows nothing of it."""
