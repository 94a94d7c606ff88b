"""The provider of schema registries that speak Confluent's REST API."""
