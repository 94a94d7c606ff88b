"""Planning by phase: one file per phase, each a function over the shared state of `state`."""
