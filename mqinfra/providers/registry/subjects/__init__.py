"""The kind `subjects`."""
