"""Where the value of a setting comes from, by the numbers of the protocol."""

OWN = 1
"""`ConfigSource.DYNAMIC_TOPIC_CONFIG`: set on the topic itself. Everything else is inherited."""
RUNNING = frozenset({2, 3})
"""`DYNAMIC_BROKER_CONFIG` and `DYNAMIC_DEFAULT_BROKER_CONFIG`: set while brokers run, on one or on all of them."""
