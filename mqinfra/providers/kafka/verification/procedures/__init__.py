"""What is done on Kafka for its own checks."""
