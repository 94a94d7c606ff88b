"""Records as the texts that stores keep. Readers leave out what they don't understand: fewer claims, fewer deletes.

Keys: a resource's `Address.key`, `topics/orders`; `=project` for the header; `=run/NN` for runs, modulo 100;
`=used/DIGEST` for lines that a run used; `=once/DIGEST` for what is done once and was begun. No kind begins with `=`,
so that none of them can meet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from mqinfra.model.address import Address, AddressError
from mqinfra.model.frozen import dataclass
from mqinfra.model.record import Begun, Header, Record, Run, Use

E = TypeVar("E", Record, Header, Run, Use, Begun)

FORMAT_VERSION = "1.0"
HEADER = "=project"
KEPT_RUNS = 100
_RUN = "=run/"
_USED = "=used/"
_ONCE = "=once/"


@dataclass(frozen=True, slots=True)
class Read:
    """What the texts of a store say.

    Attributes:
        records: by address.
        header: None where there is none.
        runs: the newest first.
        uses: lines that runs have used, by digest.
        begun: what is done once and was begun, by digest.
        unreadable: why nothing of it can be read, for people; empty where it can.
    """

    records: Mapping[Address, Record] = field(default_factory=lambda: MappingProxyType({}))
    header: Header | None = None
    runs: tuple[Run, ...] = ()
    uses: Mapping[str, Use] = field(default_factory=lambda: MappingProxyType({}))
    begun: Mapping[str, Begun] = field(default_factory=lambda: MappingProxyType({}))
    unreadable: str = ""


def written(entry: Record | Header | Run | Use | Begun) -> str:
    """Write an entry as JSON, fields with their defaults left out."""
    return _adapter(entry.__class__).dump_json(entry, exclude_defaults=True).decode("utf-8", "surrogatepass")


def run_key(run: Run) -> str:
    """The key of a run, which the hundredth run after it takes over."""
    return f"{_RUN}{run.number % KEPT_RUNS:02}"


def use_key(digest: str) -> str:
    """The key under which it stands that a line was used."""
    return f"{_USED}{digest}"


def once_key(digest: str) -> str:
    """The key under which it stands that something which is done once was begun."""
    return f"{_ONCE}{digest}"


def read_texts(texts: Mapping[str, str], alias: str, known: Iterable[Address] = ()) -> Read:
    """Read the texts of a store.

    Args:
        texts: by key.
        alias: the cluster's alias here, whatever it was when they were written.
        known: addresses that records may be of, such as the declared ones: they are taken rather than made again.
    """
    header = _entry(Header, texts.get(HEADER))
    if header is not None and header.version.split(".")[0] != FORMAT_VERSION.split(".", maxsplit=1)[0]:
        # Of a later mqinfra: nothing is claimed by what can't be understood, and nothing is written over it.
        return Read(unreadable=f"they have format {header.version}, and this mqinfra reads {FORMAT_VERSION}")
    records: dict[Address, Record] = {}
    by_text = {address.text: address for address in known}
    said: dict[str, Record | None] = {}  # many records are alike, but for their addresses
    runs: list[Run] = []
    uses: dict[str, Use] = {}
    begun: dict[str, Begun] = {}
    for key, text in texts.items():
        if not key.startswith("="):
            whole = f"{alias}/{key}"
            address = by_text.get(whole) or _address(whole)
            if text not in said:
                said[text] = _entry(Record, text)
            record = said[text]
            if address is not None and record is not None:
                records[address] = record
        elif key.startswith(_RUN):
            run = _entry(Run, text)
            if run is not None:
                runs.append(run)
        elif key.startswith(_USED):
            # What does not read was written for some use all the same: the line counts no more.
            uses[key.removeprefix(_USED)] = _entry(Use, text) or Use(0, "")
        elif key.startswith(_ONCE):
            # Likewise: what may have been begun is not done a second time.
            begun[key.removeprefix(_ONCE)] = _entry(Begun, text) or Begun(0, "")
    return Read(records, header, tuple(sorted(runs, key=lambda run: -run.number)), uses, begun)


def _address(text: str) -> Address | None:
    try:
        return Address.parse(text)
    except AddressError:
        return None


def _entry(kind: type[E], text: str | None) -> E | None:
    if text is None:
        return None
    try:
        entry: E = _adapter(kind).validate_json(text)
    except ValidationError:
        return None
    return entry


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
