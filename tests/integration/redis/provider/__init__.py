"""What the Redis provider promises, proven on real servers."""
