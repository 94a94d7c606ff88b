"""An endpoint for Prometheus: what was seen of everything that is declared, as metrics."""
