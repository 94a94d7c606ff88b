"""What a Kafka cluster offers to `mqinfra verify`: messages through copies of topics, and checks of its own."""
