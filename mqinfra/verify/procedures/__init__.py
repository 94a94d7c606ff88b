"""What is done on any broker. What only one has stands with its provider."""
