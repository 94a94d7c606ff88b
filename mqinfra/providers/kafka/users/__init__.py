"""The kind `users`: SCRAM users."""
