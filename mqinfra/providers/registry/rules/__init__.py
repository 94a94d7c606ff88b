"""The rules about registries."""
