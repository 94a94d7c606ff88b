"""What entries say in short, as plain resources: bindings, dead letters, retries, access. Pure."""
