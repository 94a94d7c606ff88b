"""The kind `users`, and `access`, which expands to users."""
