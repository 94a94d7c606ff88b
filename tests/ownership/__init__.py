"""What the manifests no longer say: what goes, what stays, and what never goes more than it should."""
