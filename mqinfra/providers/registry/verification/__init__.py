"""What can be proven of a schema registry. Nothing is registered for it."""
