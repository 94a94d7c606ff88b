"""What only RabbitMQ proves. One file holds one check."""
