"""Kafka's wire messages, as kafka-python generates them.

Its import reads package data through a deprecated call, which a run with warnings as errors would trip over.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from kafka.protocol import admin, metadata
    from kafka.protocol.api_key import ApiKey

__all__ = ["ApiKey", "admin", "metadata"]
