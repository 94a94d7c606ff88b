"""What is built works without the repository."""
