"""What there is to watch on RabbitMQ, and samples of it."""
