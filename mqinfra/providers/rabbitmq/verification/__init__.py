"""Messages through queues and exchanges, and what only RabbitMQ can prove."""
