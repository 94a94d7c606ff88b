"""Topology-as-code for message queues."""

__version__ = "0.1.0"
