"""What is done on a Redis for its own checks."""
