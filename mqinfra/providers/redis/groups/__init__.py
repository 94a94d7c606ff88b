"""The kind `groups`: consumer groups of streams."""
