"""What is recommended on RabbitMQ: a file per idea."""
