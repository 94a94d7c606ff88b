"""What there is to watch on Redis, and samples of it."""
