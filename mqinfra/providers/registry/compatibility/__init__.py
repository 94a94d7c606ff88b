"""Whether a schema may follow others, judged without a registry."""
