"""Real brokers for tests: installed from package registries, started on loopback, stopped by pid."""
