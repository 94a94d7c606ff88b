"""What can go wrong with a broker that a test runs."""

from __future__ import annotations


class BrokerError(Exception):
    """A broker could not be installed, started, awaited or stopped."""


class PortTakenError(BrokerError):
    """Another process took a port between its choice and the broker's bind."""
