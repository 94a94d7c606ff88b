"""What pictures show of RabbitMQ: which way messages go, and who may send and read them. Pure."""
