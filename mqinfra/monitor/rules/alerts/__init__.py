"""The alerts: one file holds those about one thing."""
