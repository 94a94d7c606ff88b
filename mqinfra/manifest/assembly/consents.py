"""`removed:` and `allowed:`: the reviewed lines that deletes and other losses need (design §6).

Separate because their keys are addresses, not names.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import JsonValue

from mqinfra.manifest import codes
from mqinfra.manifest.assembly.topology import Topology
from mqinfra.manifest.fields import NO_ENVIRONMENT, Fields, wrong_type
from mqinfra.manifest.project.clusters import Clusters
from mqinfra.manifest.project.layering import Defaults, Override
from mqinfra.manifest.text.node import Map, Node
from mqinfra.manifest.text.source import Place
from mqinfra.model.address import Address, AddressError
from mqinfra.model.declaration import Allowance, Consent, Tombstone, Without
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import dataclass
from mqinfra.model.names import Names
from mqinfra.model.setting import Problem, did_you_mean
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.kind import Kind

_CLASSES = ("messages", "consumers", "positions")
_COMMON = ("evenIf", "until", "in", "reason", "asWritten")
_LONGEST = 31
"""Days ahead of today on which consent may end: it is for the change at hand, not for good."""
_USUAL = 7


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the lines are read.

    Attributes:
        environment: the environment that is planned.
        environments: all environments of the project, for `in:`.
        today: the runner's UTC date.
        weak: defaults of the environment and the project, which may protect what no entry declares any more.
        overrides: overrides of the environment, which may too.
        names: what things are called there; lines speak of them as entries do.
        without: what is not managed there: no line deletes it.
    """

    environment: str
    environments: tuple[str, ...]
    today: date
    weak: tuple[Defaults, ...] = ()
    overrides: tuple[Override, ...] = ()
    names: Names = field(default_factory=Names)
    without: Without = field(default_factory=Without)


class _Line(NamedTuple):
    """One line whose address is sound."""

    address: Address
    kind: Kind[Any]
    fields: Fields
    place: Place
    topology: Topology


class Consents:
    """Collects the reviewed lines of all documents that count in one environment."""

    def __init__(self, clusters: Clusters, catalogue: Catalogue, setting: Setting, found: list[Diagnostic]) -> None:
        self._names = setting.names
        self._clusters, self._catalogue, self._setting, self._found = clusters, catalogue, setting, found
        self._tombstones: dict[Address, Tombstone] = {}
        self._allowed: dict[Address, Allowance] = {}
        self._vanished: dict[str, Consent] = {}

    @property
    def tombstones(self) -> dict[Address, Tombstone]:
        """What is to be deleted, sorted by address."""
        return {address: self._tombstones[address] for address in sorted(self._tombstones)}

    @property
    def allowed(self) -> dict[Address, Allowance]:
        """What other changes may destroy, sorted by address."""
        return {address: self._allowed[address] for address in sorted(self._allowed)}

    @property
    def vanished(self) -> dict[str, Consent]:
        """What may go as a whole: `topology/NAME` or `ALIAS/KIND`, sorted."""
        return dict(sorted(self._vanished.items()))

    def add(self, topology: Topology) -> None:
        """Take those of one document."""
        self._take_vanished(topology)
        for line in self._lines(topology.removed, topology):
            line.fields.only((*_COMMON, "id"))
            tombstone = Tombstone(
                **self._common(line),
                identity=line.fields.text("id") or "",
                protected=self._protected(line.address, line.kind, line.place, topology),
            )
            self._put(self._tombstones, line, tombstone, "removed")
        for line in self._lines(topology.allowed, topology):
            line.fields.only((*_COMMON, "by"))
            allowance = Allowance(**self._common(line), by=MappingProxyType(dict(self._values(line))))
            if not allowance.even_if:
                hint = "write `evenIf: [messages]`"
                self._found.append(
                    line.place.report(codes.MISSING_FIELD, "`evenIf` is missing in `allowed`", help=hint)
                )
            elif not line.fields.node.get("by"):
                hint = "write the field and its new value, as the plan prints them: `by: {config.retention.ms: 3d}`"
                self._found.append(line.place.report(codes.MISSING_FIELD, "`by` is missing in `allowed`", help=hint))
            elif allowance.by:
                self._put(self._allowed, line, allowance, "allowed")

    def _lines(self, node: Map | None, topology: Topology) -> Iterator[_Line]:
        for entry in node.entries() if node is not None else ():
            text, _, key_place, _ = entry
            if node is topology.removed and text.count("/") == 1:
                continue  # of a whole
            address = self._address(text)
            if address is None:
                continue
            if isinstance(address, Problem):
                self._found.append(key_place.report(codes.TOMBSTONE, address.message, help=address.help))
                continue
            fields = self._fields(entry, "a tombstone" if node is topology.removed else "`allowed`")
            kind = self._catalogue.kind(self._clusters.types[address.cluster], address.kind)
            if fields is not None and kind is not None and self._here(fields):
                yield _Line(address, kind, fields, key_place, topology)

    def _take_vanished(self, topology: Topology) -> None:
        """Take the lines that let what a document or section declared go although all of it is missing."""
        node = topology.removed
        for entry in node.entries() if node is not None else ():
            text, _, key_place, _ = entry
            if text.count("/") != 1:
                continue
            name = self._whole(text)
            if name is None:
                continue
            if isinstance(name, Problem):
                self._found.append(key_place.report(codes.TOMBSTONE, name.message, help=name.help))
                continue
            fields = self._fields(entry, text)
            if fields is None:
                continue
            fields.only(("until", "in", "reason"))
            if self._here(fields):
                self._vanished[name] = Consent(
                    span=key_place.span,
                    reason=fields.text("reason") or "",
                    labels=topology.labels,
                    source=key_place.line,
                    until=self._until(fields),
                )

    def _fields(self, entry: tuple[str, Node, Place, Place], what: str) -> Fields | None:
        """What a line says; None where that is no mapping, which is said.

        Args:
            entry: the line.
            what: what it is, for messages.
        """
        text, value, key_place, value_place = entry
        if value is not None and not isinstance(value, Map):
            self._found.append(wrong_type(value_place, f"`{text}`", "empty or a mapping", value))
            return None
        return Fields(value if value is not None else Map(key_place.source, 0, {}), key_place, what, self._found)

    def _whole(self, text: str) -> str | Problem | None:
        """What a line of two words means: a document, or the section of a kind; None when that can't be told yet."""
        first, _, second = text.partition("/")
        if first == "topology" and second:
            return text
        types = self._clusters.types
        same = sorted(alias for alias, broker in types.items() if first in (alias, broker))
        alias = first if first in types else same[0] if len(same) == 1 else None
        if alias is None:
            if not self._clusters.complete:
                return None
            return Problem(f"`{text}` is not a valid address", self._expected(next(iter(sorted(types)), "")))
        if self._catalogue.kind(types[alias], second) is None:
            kinds = self._catalogue.providers[types[alias]].kinds
            message = f"`{second}` of `{types[alias]}` is not supported by this version"
            return Problem(message, did_you_mean(second, kinds))
        return f"{alias}/{second}"

    def _address(self, text: str) -> Address | Problem | None:
        types = self._clusters.types
        try:
            address = Address.parse(text)
        except AddressError as error:
            return Problem(str(error), self._expected(next(iter(sorted(types)), "")))
        alias = address.cluster
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
        kind = self._catalogue.entry_type(broker, address.kind)
        if kind is None:
            kinds = self._catalogue.providers[broker].entry_types
            message = f"`{address.kind}` of `{broker}` is not supported by this version"
            return Problem(message, did_you_mean(address.kind, kinds) or self._expected(alias))
        address = address.on(alias)
        # A name that its kind can't have would be read as another resource's, which nobody reviewed.
        return kind.name_problem(address) or address

    def _expected(self, alias: str) -> str:
        """How to write an address, with one that a cluster could have."""
        provider = self._catalogue.providers.get(self._clusters.types.get(alias, ""))
        example = f", such as {alias}/{next(iter(provider.kinds))}/orders.legacy" if provider is not None else ""
        return f"write the address of the resource: CLUSTER/KIND/NAME{example}"

    def _here(self, fields: Fields) -> bool:
        """Tell whether a line counts in this environment; its environments are checked everywhere."""
        here = fields.among("in", self._setting.environments, NO_ENVIRONMENT)
        return not fields.node.get("in") or self._setting.environment in here

    def _common(self, line: _Line) -> dict[str, Any]:
        """What both sorts of lines say; see `Consent`."""
        classes = line.fields.among("evenIf", _CLASSES, "invalid `evenIf`: {}")
        until = self._until(line.fields)
        if classes and "until" not in line.fields.node:
            usual = self._setting.today + timedelta(days=_USUAL)
            message = "`until` is missing: consent to a loss needs an end date"
            hint = f"add the last day on which it is valid, at most {_LONGEST} days ahead: `until: {usual}`"
            self._found.append(line.place.report(codes.MISSING_FIELD, message, help=hint))
        return {
            "span": line.place.span,
            "source": line.place.line,
            "labels": line.topology.labels,
            "even_if": frozenset(classes),
            "until": until,
            "reason": line.fields.text("reason") or "",
        }

    def _until(self, fields: Fields) -> date | None:
        return fields.until("until", self._setting.today, _LONGEST, example=_USUAL)

    def _values(self, line: _Line) -> Iterator[tuple[str, JsonValue]]:
        """The new values that may destroy something, in the canonical form of their settings."""
        node = line.fields.mapping("by")
        known = line.kind.entry.model_fields
        names = [info.alias or name for name, info in known.items()]
        for key, value, key_place, value_place in node.entries() if node is not None else ():
            field, _, rest = key.partition(".")
            setting = line.kind.settings[field].get(rest) if field in line.kind.settings and rest else None
            # What sugar makes is allowed at its entry, by fields of the kinds that it makes: the plan tells those.
            kinds = self._catalogue.providers[line.kind.broker].kinds.values()
            if field not in names and not any(field in _names(kind) for kind in kinds):
                message = f"unknown field `{key}` in `by`"
                self._found.append(key_place.report(codes.UNKNOWN_FIELD, message, help=did_you_mean(key, names)))
                continue
            parsed = setting.parse(value) if setting is not None else value
            if isinstance(parsed, Problem):
                self._found.append(value_place.report(codes.WRONG_VALUE, parsed.message, help=parsed.help))
            else:
                yield key, parsed

    def _protected(self, address: Address, kind: Kind[Any], place: Place, topology: Topology) -> bool:
        """Tell whether defaults or overrides protect what no entry declares: those outlive the entry."""
        name = f"{kind.broker}/{kind.name}"
        layers = [layer[name] for layer in (topology.defaults, *self._setting.weak) if name in layer]
        strong = [
            item.set
            for item in sorted(self._setting.overrides, key=lambda item: item.selector.strength, reverse=True)
            if item.selector.matches(address, name, topology.labels, place.source.file)
        ]
        return next(_protections((*strong, *layers)), False)

    def _put(self, lines: dict[Address, Any], line: _Line, consent: Consent, section: str) -> None:
        kind = f"{line.kind.broker}/{line.kind.name}"
        if self._setting.without.means(line.address, kind, line.topology.labels, line.place.source.file):
            return
        address = line.address if line.fields.flag("asWritten") else self._names.real(line.address)
        first = lines.setdefault(address, consent)
        if replace(first, span=consent.span, source=consent.source, labels=consent.labels) != consent:
            message = f"duplicate `{line.address}` under `{section}`, with different values"
            self._found.append(line.place.report(codes.CONFLICT, f"{message}; the first is {first.span}"))


def _names(kind: Kind[Any]) -> list[str]:
    return [info.alias or name for name, info in kind.spec.model_fields.items()]


def _protections(layers: Iterable[Mapping[str, Any]]) -> Iterator[bool]:
    """What layers say of protection, strongest first."""
    for layer in layers:
        lifecycle = layer.get("lifecycle")
        said = lifecycle.get("protect") if isinstance(lifecycle, Mapping) else None
        if isinstance(said, bool):
            yield said
