"""The pure parts of the RabbitMQ provider."""
