"""The kind `groups`: consumer groups and share groups, where they begin, and their settings."""
