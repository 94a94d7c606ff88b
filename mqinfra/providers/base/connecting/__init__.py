"""Reaching a broker: the parts of its block, bounded talk, why no connection came about, and what an error means."""
