"""What a monitor looks at, and what it sees: the contract between brokers and those who judge."""
