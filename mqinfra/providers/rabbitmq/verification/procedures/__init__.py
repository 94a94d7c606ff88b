"""What is done on RabbitMQ alone."""
