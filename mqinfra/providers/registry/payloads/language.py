"""What every language of schemas does for payloads."""

import random
from abc import ABC, abstractmethod

from mqinfra.providers.registry.schemas.schema import Schema


class Language(ABC):
    """Payloads of one schema, without the id in front."""

    @abstractmethod
    def made(self, chance: random.Random) -> bytes:
        """Write a value that fits. The same chance gives the same payload.

        Raises:
            PayloadError: none could be made.
        """

    @abstractmethod
    def refusal(self, chance: random.Random) -> str | None:
        """Have a value written that does not fit: why it was not, empty where it was, None where every value fits."""

    @abstractmethod
    def read_again(self, body: bytes, writer: Schema) -> bytes:
        """Read by the schema that wrote it, and write what was read by this one.

        Raises:
            PayloadError: it can't be read.
            SchemaError: the other schema is none.
            UncheckedError: the other schema can't be read here.
        """
