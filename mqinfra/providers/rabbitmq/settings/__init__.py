"""The server's own keys: arguments, policy keys, tags, by type of queue and version. Pure."""
