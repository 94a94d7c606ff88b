"""Talking to a RabbitMQ deployment: the connection block, connecting, HTTP and AMQP calls."""
