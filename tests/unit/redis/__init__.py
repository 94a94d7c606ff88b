"""The pure parts of the Redis provider."""
