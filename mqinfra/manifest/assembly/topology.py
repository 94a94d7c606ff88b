"""`kind: Topology`: one document taken apart into sections of entries and reviewed lines. Nothing is bound here."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from mqinfra.manifest import codes
from mqinfra.manifest.fields import Fields, mapping_of, wrong_type
from mqinfra.manifest.project.clusters import Clusters
from mqinfra.manifest.project.layering import Defaults, parse_defaults
from mqinfra.manifest.project.project import top_fields
from mqinfra.manifest.project.variables import Variables
from mqinfra.manifest.text.node import Document, Map, Node, Seq
from mqinfra.manifest.text.source import Place
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.provider import Provider

_FIELDS = ("apiVersion", "kind", "metadata", "defaults", "removed", "allowed", "suppressed")


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of one kind in a document.

    Attributes:
        alias: the cluster that they are for.
        broker: its type.
        kind: the kind's name.
        entries: entries by name, or a list of entries that name themselves.
        place: where they begin.
        prefix: names of what they lie in, outermost first.
        sections: keys of the entries that are sections of other kinds, and no fields.
    """

    alias: str
    broker: str
    kind: str
    entries: Map | Seq
    place: Place
    prefix: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Topology:
    """One document.

    Attributes:
        name: its name; empty where it has none, which was reported.
        labels: what its resources inherit.
        defaults: what its entries start from.
        sections: its entries.
        removed: its tombstones by address text.
        allowed: what changes other than deletes may destroy, by address text.
        suppressed: findings that are known, by selector text.
    """

    name: str
    labels: Mapping[str, str]
    defaults: Defaults
    sections: tuple[Section, ...]
    removed: Map | None
    allowed: Map | None
    suppressed: Map | None


def parse_topology(
    document: Document,
    variables: Variables,
    clusters: Clusters,
    catalogue: Catalogue,
    checked: Container[str],
    found: list[Diagnostic],
) -> Topology | None:
    """Read a document; None when it is no Topology.

    Args:
        document: the document.
        variables: what its `${name}`s stand for.
        clusters: the clusters of the environment.
        catalogue: known brokers and kinds.
        checked: types whose `defaults:` are read.
        found: where findings go.
    """
    filled = Document(variables.fill(document.root, document.place), document.place)
    fields = top_fields(filled, "Topology", found)
    if fields is None:
        return None
    metadata = fields.mapping("metadata", required=True)
    name, labels = "", MappingProxyType[str, str]({})
    if metadata is not None:
        about = Fields(metadata, fields.node.key_place("metadata"), "`metadata`", found)
        about.only(("name", "labels"))
        name = about.text("name", required=True) or ""
        labels = MappingProxyType(dict(read_labels(about)))
    _unknown(fields, catalogue)
    return Topology(
        name=name,
        labels=labels,
        defaults=parse_defaults(fields, catalogue, checked),
        sections=tuple(_sections(fields, clusters, catalogue)),
        removed=fields.mapping("removed"),
        allowed=fields.mapping("allowed"),
        suppressed=fields.mapping("suppressed"),
    )


def read_labels(fields: Fields) -> Iterator[tuple[str, str]]:
    """Read `labels:`, text to text."""
    node = fields.mapping("labels")
    for key, value, _, place in node.entries() if node is not None else ():
        if isinstance(value, str):
            yield key, value
        else:
            fields.found.append(wrong_type(place, f"`labels.{key}`", "text", value))


def cluster_of(fields: Fields, broker: str, clusters: Clusters) -> str | None:
    """Which cluster the section of a broker is for; None when that is not clear.

    A finding says why, unless it may be because the clusters themselves have errors.
    """
    types = clusters.types
    aliases = sorted(alias for alias, kind in types.items() if kind == broker)
    alias = fields.text("cluster")
    if "cluster" in fields.node and alias is not None:
        if alias in aliases:
            return alias
        if not clusters.complete:
            return None
        hint = f"one of: {', '.join(aliases)}" if aliases else ""
        other = f"; `{alias}` is a {types[alias]} cluster" if alias in types else ""
        message = f"the environment has no {broker} cluster `{alias}`{other}"
        fields.report("cluster", codes.CLUSTER, message, hint)
        return None
    if len(aliases) == 1:
        return aliases[0]
    if not clusters.complete:
        return None
    if aliases:
        message = f"the environment has {len(aliases)} {broker} clusters"
        hint = f"add `cluster:` to this section, one of: {', '.join(aliases)}"
    else:
        message = f"the environment has no {broker} cluster"
        hint = f"declare one under `clusters:` with `type: {broker}`"
    fields.found.append(fields.place.report(codes.CLUSTER, message, help=hint))
    return None


def _unknown(fields: Fields, catalogue: Catalogue) -> None:
    known = (*_FIELDS, *catalogue.types)
    for key, _, place, _ in fields.node.entries():
        if key in known:
            continue
        close = did_you_mean(key, known)
        if close.startswith("did you mean"):
            message = f"`{key}`: unknown field of a Topology"
            fields.found.append(place.report(codes.UNKNOWN_FIELD, message, help=close))
        else:
            message = f"`{key}` is not supported by this version: it is neither a field of a Topology nor a broker"
            hint = f"supported brokers: {', '.join(catalogue.types)}"
            fields.found.append(place.report(codes.UNSUPPORTED, message, help=hint))


def _sections(fields: Fields, clusters: Clusters, catalogue: Catalogue) -> Iterator[Section]:
    for broker in catalogue.types:
        node = fields.mapping(broker)
        if node is None:
            continue
        provider = catalogue.providers[broker]
        section = Fields(node, fields.node.key_place(broker), f"`{broker}`", fields.found)
        alias = cluster_of(section, broker, clusters)
        for kind, value, key_place, value_place in node.entries():
            if kind == "cluster":
                continue
            if kind not in provider.entry_types or provider.entry_types[kind].placement.nested_in:
                fields.found.append(_unsupported(kind, key_place, provider))
            elif alias is not None:
                named = Entries(provider, alias, f"{broker}.{kind}", fields.found)
                yield from named.sections(kind, value, key_place, value_place)


def _unsupported(kind: str, place: Place, provider: Provider) -> Diagnostic:
    outer = [name for name, known in provider.entry_types.items() if not known.placement.nested_in]
    if kind in provider.entry_types:
        holder = provider.entry_types[kind].placement.nested_in
        message = f"`{kind}` of `{provider.type}` belong in an entry of `{holder}`"
        hints: tuple[str, ...] = (f"write them under `{provider.type}: {holder}: NAME: {kind}:`",)
    else:
        close = did_you_mean(kind, outer)
        message = f"`{kind}` of `{provider.type}` is not supported by this version"
        hints = (close if close.startswith("did you mean") else "", f"supported: {', '.join(outer)}")
    return place.report(codes.UNSUPPORTED, message, help=hints)


@dataclass(frozen=True, slots=True)
class Entries:
    """Takes the sections of one document and cluster apart, down to those that hold nothing but entries.

    Attributes:
        provider: the broker's provider.
        alias: the cluster.
        where: what has been gone through, for messages.
        found: where findings go.
    """

    provider: Provider
    alias: str
    where: str
    found: list[Diagnostic]

    def sections(
        self, name: str, value: Node, key_place: Place, value_place: Place, prefix: tuple[str, ...] = ()
    ) -> Iterator[Section]:
        """List the section of a kind and those that stand in its entries."""
        kind, broker = self.provider.entry_types[name], self.provider.type
        if kind.placement.listed:
            if isinstance(value, Seq):
                yield Section(self.alias, broker, name, value, key_place, prefix)
            elif value is not None:
                self.found.append(wrong_type(value_place, f"`{self.where}`", "a list", value))
            return
        if not isinstance(value, Map):
            if value is not None:
                form = mapping_of(name, value) if isinstance(value, Seq) else ""
                self.found.append(wrong_type(value_place, f"`{self.where}`", "a mapping", value, form))
            return
        if len(prefix) < kind.placement.name_depth - 1 + bool(kind.placement.nested_in):
            for key, inner, key_at, value_at in value.entries():
                deeper = replace(self, where=f"{self.where}.{key}")
                yield from deeper.sections(name, inner, key_at, value_at, (*prefix, key))
            return
        inside = frozenset(
            other for other, known in self.provider.entry_types.items() if known.placement.nested_in == name
        )
        yield Section(self.alias, broker, name, value, key_place, prefix, inside)
        for key, entry, _, _ in value.entries() if inside else ():
            for other, inner, key_at, value_at in entry.entries() if isinstance(entry, Map) else ():
                if other in inside:
                    deeper = replace(self, where=f"{self.where}.{key}.{other}")
                    yield from deeper.sections(other, inner, key_at, value_at, (*prefix, key))
