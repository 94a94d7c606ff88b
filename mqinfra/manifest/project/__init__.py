"""`mqinfra.yaml` and what an environment runs with: clusters, scope, variables, references to secrets."""
