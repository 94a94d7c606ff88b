"""Payloads of schemas: made by chance, written as serializers write them, and read by the schema that they name."""
