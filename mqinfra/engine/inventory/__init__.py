"""Records on the brokers: their texts, what they claim, and how an apply keeps them."""
