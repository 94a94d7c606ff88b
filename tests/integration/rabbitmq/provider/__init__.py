"""What the RabbitMQ provider promises, proven on real servers."""
