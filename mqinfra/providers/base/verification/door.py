"""Doors: addresses that clients of a broker come in by, with what TLS there is on them."""

import ssl
from abc import ABC, abstractmethod
from collections.abc import Sequence

from mqinfra.model.operation import Known

PATIENCE = 5.0
"""Seconds in which a server has to answer."""


class Door(ABC):
    """One address of one server, as this project's clients come to it.

    Attributes:
        name: `host:port`.
        context: the TLS by which they come; None for none.
    """

    name: str
    context: ssl.SSLContext | None

    @abstractmethod
    def answers(self, *, encrypted: bool) -> tuple[Known, str]:
        """Whether the server answers to a first word of its protocol, and its words or why it does not.

        Any answer counts, be it a refusal: somebody on the way could have read what a client sends next.

        Args:
            encrypted: with TLS, or in plain text.
        """

    @abstractmethod
    def plain(self) -> Sequence[str] | None:
        """Where the same server also listens without TLS, by its own word; None where it does not tell."""
