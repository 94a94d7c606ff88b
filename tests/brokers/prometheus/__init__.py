"""Prometheus and Alertmanager of Debian, for tests of alert rules and dashboards."""
