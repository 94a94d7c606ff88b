"""Resources of RabbitMQ in other tools' words, one file for each format."""
