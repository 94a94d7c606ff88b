"""A dashboard for Grafana from a topology."""
