"""The Redis provider: streams, consumer groups and ACL users on Redis 7 and later, and on Valkey."""
