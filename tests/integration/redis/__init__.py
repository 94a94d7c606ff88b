"""What the provider does, and what commands do through it, on real Redis and Valkey servers."""
