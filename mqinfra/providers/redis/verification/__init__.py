"""Messages through streams, and what only Redis can prove."""
