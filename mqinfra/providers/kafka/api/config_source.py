"""Where the value of a setting comes from, by the numbers of the protocol."""

OWN = 1
"""`ConfigSource.DYNAMIC_TOPIC_CONFIG`: set on the topic itself. Everything else is inherited."""
EACH_BROKER = 2
"""`ConfigSource.DYNAMIC_BROKER_CONFIG`: set on one broker while it runs."""
