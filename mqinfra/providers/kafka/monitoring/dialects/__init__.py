"""How exporters of metrics say what alert rules ask: one file is one exporter."""
