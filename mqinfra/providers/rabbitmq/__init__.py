"""RabbitMQ 3.8 and later."""
