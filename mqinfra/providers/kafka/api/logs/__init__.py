"""Reading and writing the messages of topics with one partition, which librdkafka has clients of their own for."""
