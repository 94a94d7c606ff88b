"""How what is declared is doing, on real brokers."""
