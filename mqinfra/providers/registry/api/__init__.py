"""The registry's HTTP API: where it is, one call, what answers mean, and opening a session."""
