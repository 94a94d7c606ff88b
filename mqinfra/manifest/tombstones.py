"""`removed:`: the reviewed lines that deletes need. Separate because their keys are addresses, not names."""

from dataclasses import replace

from mqinfra.manifest import codes
from mqinfra.manifest.clusters import Clusters
from mqinfra.manifest.fields import Fields, wrong_type
from mqinfra.manifest.node import Map
from mqinfra.manifest.source import Place
from mqinfra.manifest.topology import Topology
from mqinfra.model.address import Address, AddressError
from mqinfra.model.declaration import Tombstone
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.setting import Problem, did_you_mean
from mqinfra.providers.base.catalogue import Catalogue

_CONSENTS = ("messages", "consumers")


class Tombstones:
    """Collects the tombstones of all documents."""

    def __init__(self, clusters: Clusters, catalogue: Catalogue, found: list[Diagnostic]) -> None:
        self._clusters, self._catalogue, self._found = clusters, catalogue, found
        self._stones: dict[Address, Tombstone] = {}

    @property
    def stones(self) -> dict[Address, Tombstone]:
        """All of them, sorted by address."""
        return {address: self._stones[address] for address in sorted(self._stones)}

    def add(self, topology: Topology) -> None:
        """Take those of one document."""
        for text, value, key_place, value_place in topology.removed.entries() if topology.removed is not None else ():
            address = self._address(text)
            if address is None:
                continue
            if isinstance(address, Problem):
                self._found.append(key_place.report(codes.TOMBSTONE, address.message, help=address.help))
            elif isinstance(value, Map):
                self._put(address, self._read(value, key_place, topology), key_place)
            elif value is None:
                self._put(address, self._plain(key_place, topology), key_place)
            else:
                self._found.append(wrong_type(value_place, f"`{text}`", "empty or a mapping", value))

    def _address(self, text: str) -> Address | Problem | None:
        expected = "write the address of the resource: CLUSTER/KIND/NAME, such as kafka/topics/orders.legacy"
        try:
            address = Address.parse(text)
        except AddressError as error:
            return Problem(str(error), expected)
        alias, types = address.cluster, self._clusters.types
        if alias not in types:
            same = sorted(known for known, broker in types.items() if broker == alias)
            if len(same) > 1:
                return Problem(f"there are {len(same)} {alias} clusters", f"begin with one of: {', '.join(same)}")
            if not same and not self._clusters.complete:
                return None
            if not same:
                return Problem(f"the environment has no cluster `{alias}`", did_you_mean(alias, types))
            alias = same[0]
        broker = types[alias]
        kind = self._catalogue.kind(broker, address.kind)
        if kind is None:
            kinds = self._catalogue.providers[broker].kinds
            message = f"`{address.kind}` of `{broker}` is not supported by this version"
            return Problem(message, did_you_mean(address.kind, kinds) or expected)
        address = replace(address, cluster=alias)
        # A name that its kind can't have would be read as another resource's, which nobody reviewed.
        return kind.name_problem(address) or address

    def _plain(self, place: Place, topology: Topology) -> Tombstone:
        return Tombstone(span=place.span, labels=topology.labels, source=place.line)

    def _read(self, node: Map, place: Place, topology: Topology) -> Tombstone:
        fields = Fields(node, place, "a tombstone", self._found)
        fields.only(("evenIf", "reason"))
        consents: set[str] = set()
        for word, at in fields.texts("evenIf"):
            if word in _CONSENTS:
                consents.add(word)
            else:
                message = f"`{word}` is nothing that a delete can be allowed to destroy"
                self._found.append(at.report(codes.WRONG_VALUE, message, help=did_you_mean(word, _CONSENTS)))
        stone = self._plain(place, topology)
        return replace(stone, even_if=frozenset(consents), reason=fields.text("reason") or "")

    def _put(self, address: Address, stone: Tombstone, place: Place) -> None:
        first = self._stones.setdefault(address, stone)
        if (first.even_if, first.reason) != (stone.even_if, stone.reason):
            message = f"`{address}` is removed twice, and the two do not agree"
            self._found.append(place.report(codes.CONFLICT, f"{message}; the first is {first.span}"))
