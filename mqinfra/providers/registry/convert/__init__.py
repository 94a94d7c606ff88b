"""What registries take from manifests of other tools, one file for each format."""
