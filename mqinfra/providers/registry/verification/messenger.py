"""The door of a registry: no messages go through it, so everything is asked of it and nothing is made."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.errors import Bug
from mqinfra.model.judgement import Mode
from mqinfra.model.reading import Reading
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.codec import Codec
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.registry.client import RegistryClient
from mqinfra.providers.registry.subjects.spec import KIND, SubjectSpec


class RegistryMessenger(Messenger):
    """Lets procedures ask the registry.

    Attributes:
        client: the registry.
    """

    def __init__(self, client: RegistryClient) -> None:
        self.client = client

    def places(self, declared: Mapping[Address, Declaration], reading: Reading) -> Sequence[Place]:  # noqa: ARG002 - none
        """No messages go through a registry."""
        return ()

    def ground(self, place: Place, mode: Mode, run: Run) -> AbstractContextManager[Ground[Place]]:  # noqa: ARG002 - none
        """There is none."""
        raise Bug(f"no messages go through a registry: {place.address}")

    def codec(self, subject: Address, declared: Mapping[Address, Declaration]) -> Codec:
        """Payloads of a subject: of the declared schema; of its latest version where somebody else declares it."""
        from mqinfra.providers.registry.verification.codec import RegistryCodec  # noqa: PLC0415 - only with schemas

        item = declared.get(subject)
        spec = SubjectSpec.narrow(item.spec) if item is not None and subject.kind == KIND else None
        return RegistryCodec(self.client, subject, spec)

    def trouble(self) -> tuple[str, ...]:
        """None: nothing is sent."""
        return ()

    def left(self) -> Iterable[str]:
        """Nothing is made."""
        return ()

    def collect(self, age: timedelta) -> Sequence[str]:  # noqa: ARG002 - nothing is made
        """Nothing is made."""
        return ()

    def close(self) -> None:
        """Nothing is open besides the session."""
