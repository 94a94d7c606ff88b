"""What is wrong with what is declared, by what RabbitMQ makes of it."""
