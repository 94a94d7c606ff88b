"""What is wrong with what is declared, by what Kafka makes of it. One file = the rules about one thing."""
