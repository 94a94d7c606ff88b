"""Replicas of topics that are moved between brokers, so that a topic has as many as it declares."""
