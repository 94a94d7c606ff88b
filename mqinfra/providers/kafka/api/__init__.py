"""Talking to a Kafka cluster: its connection block, connecting, and calls with plain values in and out."""
