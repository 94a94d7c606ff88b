"""What is recommended on Redis: a file per idea."""
