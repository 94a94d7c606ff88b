"""Text to `Desired`: reading YAML with positions, projects, environments, layers, sugar and references to secrets."""
