"""One setting as an answer has it, and where its value comes from, by the numbers of the protocol."""

from typing import Protocol

OWN = 1
"""`ConfigSource.DYNAMIC_TOPIC_CONFIG`: set on the topic itself. Everything else is inherited."""
RUNNING = frozenset({2, 3})
"""`DYNAMIC_BROKER_CONFIG` and `DYNAMIC_DEFAULT_BROKER_CONFIG`: set while brokers run, on one or on all of them."""
USUAL = 5
"""`DEFAULT_CONFIG`: built into Kafka."""
OF_GROUP = 8
"""`GROUP_CONFIG`: set on the group itself."""


class Entry(Protocol):
    """One setting of an answer."""

    @property
    def source(self) -> object:
        """Where the value comes from."""

    @property
    def value(self) -> str | None:
        """The value as text; None when it is hidden."""
