"""Faults between mqinfra and Kafka, played by a proxy on a real server."""
