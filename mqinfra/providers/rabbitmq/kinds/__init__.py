"""The kinds of RabbitMQ, each put together from what the other folders know of it."""
