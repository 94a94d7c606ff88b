"""Records in memory, in a store that may refuse, and the journal of an apply over it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from mqinfra.engine.inventory.entries import Declared
from mqinfra.engine.inventory.journal import Beside, Journal
from mqinfra.engine.inventory.texts import Read, read_texts
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.declaration import Declaration, Lifecycle, Origin
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.event import Ended, Outcome
from mqinfra.model.record import Inventory, Owner, Run
from mqinfra.model.span import Path, Span
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.records import RecordStore, Stored

OWNER = Owner("shop", "prod")
ORDERS, BILLING = (Address("kafka", "topics", (name,)) for name in ("orders", "billing"))


@dataclass
class MemoryStore(RecordStore):
    """Keeps texts; refuses once `allowed` writes were taken."""

    texts: dict[str, str] = field(default_factory=dict)
    allowed: int = 1000
    saved: list[Mapping[str, str | None]] = field(default_factory=list)
    owner: Owner = OWNER
    place: str = "memory"
    rights: tuple[str, ...] = ()

    def load(self) -> Stored:
        return Stored(bool(self.texts), dict(self.texts))

    def save(self, texts: Mapping[str, str | None]) -> None:
        if len(self.saved) >= self.allowed:
            raise UserError([Diagnostic(code="MQ000", message="no right to write")])
        self.saved.append(dict(texts))
        for key, text in texts.items():
            if text is None:
                self.texts.pop(key, None)
            else:
                self.texts[key] = text

    def others(self, keys: Collection[str]) -> Mapping[Owner, Mapping[str, str]]:  # noqa: ARG002 - there are none
        return {}

    def load_others(self) -> Mapping[Owner, Stored]:
        return {}

    def read(self) -> Read:
        return read_texts(self.texts, "kafka")


class Nowhere:
    def span(self, path: Path) -> Span | None:  # noqa: ARG002 - a protocol's signature
        return None

    def key_span(self, path: Path) -> Span | None:  # noqa: ARG002
        return None

    def line(self, span: Span) -> str | None:  # noqa: ARG002
        return None


def declaration(entry: Mapping[str, object] | None = None, **origin: object) -> Declaration:
    kind = installed().providers["kafka"].kinds["topics"]
    origins = (Origin(Span("topology/orders.yaml", 3, 5), topology="orders", **origin),)  # type: ignore[arg-type]
    spec = kind.spec.model_validate(entry or {"partitions": 2})
    return Declaration(spec, Nowhere(), origins, {"team": "orders"}, Lifecycle(protect=True))


def declared(**entries: Mapping[str, object]) -> Declared:
    known = {Address("kafka", "topics", (name,)): declaration(entry) for name, entry in entries.items()}
    return Declared(known, installed().providers["kafka"].kinds, ("cluster-1",))


def journal(
    store: MemoryStore | None, known: Declared, beside: Beside | None = None, *, lost: str = "", unavailable: str = ""
) -> Journal:
    """The journal of one more run over what the store holds."""
    read = store.read() if store is not None else Read()
    inventory = Inventory("memory", True, read.records, {}, read.header, read.runs, read.uses, unavailable)
    run = Run(0, "ann@host", "sha256:1", 1, "")
    return Journal(store, inventory, known, run, beside=beside, lost=lambda: lost)


def after(
    run: Journal, ended: Sequence[Ended], identities: Mapping[Address, str], untouched: Sequence[Address] = ()
) -> None:
    """Note how changes ended, and write it at once."""
    run.after(ended, identities, untouched)
    run.save()


def change(address: Address, action: Action = Action.CREATE, *, identity: str = "") -> Change:
    differences = (FieldDifference(("partitions",), 1 if action is Action.UPDATE else None, 2),)
    after = None if action is Action.DELETE else {"partitions": 2}
    return Change(address, action, Reason.DIFFERS, differences, after=after, identity=identity)


def ended(change: Change, outcome: Outcome = Outcome.APPLIED, *, already: bool = False) -> Ended:
    return Ended(address=change.address, action=change.action, outcome=outcome, already=already)
