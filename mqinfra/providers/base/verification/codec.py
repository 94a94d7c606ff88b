"""Codecs: payloads of a declared schema as clients write and read them, for brokers whose messages have schemas.

A schema registry offers them (`Messenger.codec`), and checks of a broker take them: neither knows the other.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Mapping

from mqinfra.model.address import Address
from mqinfra.model.operation import Known


class PayloadError(Exception):
    """A payload that can't be made or read.

    Attributes:
        reason: why, as a clause.
        known: `failed` where it is the payload's fault; `unknown` where it could not be looked into.
    """

    def __init__(self, reason: str, known: Known = Known.FAILED) -> None:
        super().__init__(reason)
        self.reason, self.known = reason, known


class Codec(ABC):
    """Payloads of one schema. It registers nothing: a schema that is not there is found out, and not made up for.

    Attributes:
        subject: what holds the schema.
    """

    subject: Address

    @abstractmethod
    def look_up(self) -> tuple[Known, str]:
        """Ask for the schema's id as a serializer does.

        Returns:
            `ok` with words for the schema (`schema 7`), `failed` with the reason where clients can't write by it,
            `unknown` with the reason where it can't be told from here.
        """

    @abstractmethod
    def written(self, chance: random.Random) -> bytes:
        """A payload of the schema, with the schema's id in front. The same chance gives the same payload.

        Raises:
            PayloadError: none can be made, or the schema has no id.
        """

    @abstractmethod
    def refusal(self, chance: random.Random) -> str | None:
        """Have something written that does not fit the schema.

        Returns:
            The reason for which it was refused; empty where it was written; None where everything fits the schema.
        """

    @abstractmethod
    def spoilt(self, chance: random.Random) -> Mapping[str, bytes]:
        """Payloads that nobody should be able to read, by what is wrong with each."""

    @abstractmethod
    def read_again(self, payload: bytes) -> bytes:
        """Read a payload by the schema whose id it has, and write what was read once more by this schema.

        Returns:
            The payload that went in, where reading gave what was written.

        Raises:
            PayloadError: it can't be read.
        """
