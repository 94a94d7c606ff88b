"""Kafka: the provider, its connection block and its kinds. The client is imported only when connecting."""
