"""Two environments of a project against each other: what would change in one if it equalled the other.

Both are looked at by the names that manifests use, so that a prefix is no difference; a cluster of one is held against
the one of the same alias, or of the same type where each has only one. What either does not manage is no difference.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action
from mqinfra.model.declaration import Declaration, Desired
from mqinfra.model.frozen import dataclass
from mqinfra.model.promotion import Promoted, PromotedField, Promotion
from mqinfra.model.span import Path, Span
from mqinfra.model.spec import Mutability, Spec
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.kind import Kind


@dataclass(frozen=True, slots=True)
class Standing:
    """One resource of an environment.

    Attributes:
        spec: what it is like, by JSON.
        inherited: values in force that nobody set on it.
        declaration: the text behind it; None of what is live.
    """

    spec: Mapping[str, JsonValue]
    inherited: Mapping[Path, JsonValue] = field(default_factory=lambda: MappingProxyType({}))
    declaration: Declaration | None = None

    def fields(self) -> Mapping[Path, JsonValue]:
        """Its values by path, mappings one key deep."""
        found: dict[Path, JsonValue] = {}
        for name, value in self.spec.items():
            if isinstance(value, dict):
                found |= {(name, key): item for key, item in value.items()}
            else:
                found[name,] = value
        return found

    def span(self, path: Path) -> Span | None:
        """Where a value of it is written."""
        return self.declaration.positions.span(path) if self.declaration is not None else None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two environments.

    Attributes:
        desired: what its manifests say.
        resources: what it has, by the addresses of manifests.
    """

    desired: Desired
    resources: Mapping[Address, Standing]


def declared_side(desired: Desired) -> Side:
    """An environment by its manifests, which were loaded without the names of the environment."""
    return Side(
        desired,
        {address: Standing(item.spec.to_json(), {}, item) for address, item in desired.declarations.items()},
    )


Seen = Mapping[Address, tuple[Spec, Mapping[Path, JsonValue]]]
"""What is on the clusters of an environment, each with the values that it inherits."""


def live_side(desired: Desired, live: Seen, other: Desired, others: Seen) -> Side:
    """An environment by what is on its clusters.

    Where both own the same scope, what has no name of this one, or a name of the other, is not its own; nor is what the
    other sees too, under the same name, and can't have declared.

    Args:
        desired: what its manifests say, with the names of the environment.
        live: what is there.
        other: the environment that it is held against.
        others: what is there.
    """
    names, found = desired.names, {}
    for address, (spec, inherited) in live.items():
        if names.as_written(address):
            continue
        theirs = other.names.declared(address) != address and names.declared(address) == address
        shared = address in others and other.names.as_written(address)
        if (theirs or shared) and address not in desired.declarations:
            continue
        kind = f"{desired.clusters[address.cluster]}/{address.kind}"
        data, _ = names.in_data(kind, spec.to_json(), real=False)
        found[names.declared(address)] = Standing(data, inherited)
    return Side(desired, found)


def promotion(source: Side, target: Side, catalogue: Catalogue, *, live: bool) -> Promotion:
    """Say what would change in one environment if it equalled another.

    Args:
        source: the environment to equal.
        target: the environment that would change.
        catalogue: the known kinds.
        live: what is on the clusters is compared.
    """
    aliases = _aliases(source.desired.clusters, target.desired.clusters)
    wanted = {
        address.on(aliases[address.cluster]): item
        for address, item in source.resources.items()
        if address.cluster in aliases
    }
    left_out = {
        *(one.on(aliases[one.cluster]) for one in _left_out(source.desired) if one.cluster in aliases),
        *_left_out(target.desired),
    }
    found: list[Promoted] = []
    for address in sorted({*wanted, *target.resources} - left_out):
        kind = catalogue.kind(target.desired.clusters[address.cluster], address.kind)
        if kind is None or any(_unmanaged(side.desired, address, wanted, target) for side in (source, target)):
            continue
        after, before = wanted.get(address), target.resources.get(address)
        if before is None:
            found.append(Promoted(address, Action.CREATE, kind.title))
        elif after is None:
            found.append(Promoted(address, Action.DELETE, kind.title))
        elif fields := tuple(_fields(kind, before, after)):
            found.append(Promoted(address, Action.UPDATE, kind.title, fields))
    return Promotion(
        source.desired.project,
        source.desired.environment,
        target.desired.environment,
        live,
        tuple(found),
        {
            side.desired.environment: dict(sorted(Counter(side.desired.without.declared.values()).items()))
            for side in (source, target)
            if side.desired.without.declared
        },
    )


def _aliases(source: Mapping[str, str], target: Mapping[str, str]) -> dict[str, str]:
    """The clusters of one environment, each with the one of the other that stands for the same."""
    found = {alias: alias for alias, broker in source.items() if target.get(alias) == broker}
    for alias, broker in source.items():
        same = [other for other, kind in target.items() if kind == broker]
        if alias not in found and len(same) == 1 and [*source.values()].count(broker) == 1:
            found[alias] = same[0]
    return found


def _left_out(desired: Desired) -> Iterator[Address]:
    return map(desired.names.declared, desired.without.declared)


def _unmanaged(desired: Desired, address: Address, wanted: Mapping[Address, Standing], target: Side) -> bool:
    """Whether an environment does not manage a resource that the other has, by what is known of it there."""
    if not desired.without.selectors:
        return False
    item = wanted.get(address) or target.resources[address]
    labels = item.declaration.labels if item.declaration is not None else {}
    file = item.declaration.span.file if item.declaration is not None else ""
    kind = f"{target.desired.clusters[address.cluster]}/{address.kind}"
    return desired.without.means(address, kind, labels, file)


def _fields(kind: Kind[Any], before: Standing, after: Standing) -> Iterator[PromotedField]:
    mine, theirs = before.fields(), after.fields()
    for path in sorted({*mine, *theirs}):
        marker = kind.spec.marker(path)
        if marker.secret or marker.mutability in (Mutability.OBSERVED, Mutability.ONCE):
            continue
        had, gets = mine.get(path), theirs.get(path)
        had = before.inherited.get(path) if had is None else had
        gets = after.inherited.get(path) if gets is None else gets
        if had == gets or (had is not None and gets is not None and kind.same(path, gets, had)):
            continue
        yield PromotedField(path, had, gets, kind.unit(path), before.span(path), after.span(path))
