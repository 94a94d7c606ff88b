"""What is recommended on Kafka: a file per idea."""
