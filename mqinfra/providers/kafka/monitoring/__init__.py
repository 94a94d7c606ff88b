"""What there is to watch on Kafka, and samples of it."""
