"""What the manifests no longer say, on real brokers."""
