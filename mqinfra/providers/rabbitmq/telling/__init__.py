"""What plans say of RabbitMQ's resources in words. Pure."""
