"""RabbitMQ with its management API for tests: one node per release, from Debian's own packages."""
