"""Nodes to typed models, with everything wrong told at the place that somebody wrote."""
