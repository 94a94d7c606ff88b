"""A sandbox of the tests, and what they make in it."""

from pathlib import Path

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import SandboxOptions
from mqinfra.providers.sandbox.session import SandboxSession

ONE, OTHER = (Address("kafka", "topics", (name,)) for name in ("orders.created", "orders.cancelled"))


def opened(folder: Path) -> SandboxSession:
    """Open the sandbox in a folder."""
    facts = installed().providers["kafka"].sandbox_facts("kafka", "test", SandboxOptions(brokers=1))
    return SandboxSession.open(folder / "kafka.json", "kafka", "kafka", facts, installed())


def create(session: SandboxSession, address: Address) -> None:
    """Create a topic."""
    change = Change(address=address, action=Action.CREATE, reason=Reason.ABSENT, after={"partitions": 1})
    for request in session.requests([change]):
        session.send(request)
