"""Manifests of other tools: documents that remember what was read of them, and what providers make of them."""
