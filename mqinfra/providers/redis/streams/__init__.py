"""The kind `streams`."""
