"""Faults between mqinfra and RabbitMQ, played by a proxy on a real server."""
