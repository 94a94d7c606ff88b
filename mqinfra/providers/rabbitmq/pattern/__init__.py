"""The regular expressions of policies and permissions, as the server evaluates them. Pure."""
