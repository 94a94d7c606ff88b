"""What mqinfra keeps on a RabbitMQ deployment for itself: the records of projects, and the lock of an apply."""
