"""Checks that mean something on Kafka alone, one file each."""
