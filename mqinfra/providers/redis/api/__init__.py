"""Talking to Redis and Valkey: the connection block, connecting, and commands to the servers of a deployment."""
