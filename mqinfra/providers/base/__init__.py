"""The contract between the engine and the brokers: kinds, sessions and providers."""
