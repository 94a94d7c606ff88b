"""Faults between mqinfra and Redis, played by a proxy on a real server."""
