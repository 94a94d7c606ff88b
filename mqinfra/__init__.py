"""Topology-as-code for message queues."""
