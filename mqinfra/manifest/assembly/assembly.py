"""From sections to declarations: layers, settings, binding, sugar. The heart of the loader, without files.

Order per entry, weakest first: project defaults, environment defaults, document defaults, the entry, overrides; then
the broker's settings are made canonical, the entry is bound, and sugar is expanded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

from mqinfra.manifest import codes
from mqinfra.manifest.assembly.attributes import (
    Attributes,
    labels_of,
    lifecycle_of,
    promises_of,
    said_by,
    without_own,
    without_sections,
)
from mqinfra.manifest.assembly.conflict import conflict
from mqinfra.manifest.assembly.elsewhere import elsewhere
from mqinfra.manifest.assembly.overriding import Overriding
from mqinfra.manifest.assembly.pairs import pairs_of
from mqinfra.manifest.assembly.renaming import renamed
from mqinfra.manifest.assembly.settings import Settings
from mqinfra.manifest.assembly.texts import with_texts
from mqinfra.manifest.assembly.topology import Section, Topology
from mqinfra.manifest.assembly.traits import Traits, traits_of
from mqinfra.manifest.bind.binding import bind, hide_secrets
from mqinfra.manifest.bind.positions import Layers, MadeLayers, merge
from mqinfra.manifest.bind.shape import without_nulls
from mqinfra.manifest.fields import wrong_type
from mqinfra.manifest.project.layering import Defaults, Override
from mqinfra.manifest.text.files import Files
from mqinfra.manifest.text.node import Map, size
from mqinfra.manifest.text.source import Place
from mqinfra.model.address import Address, text_of
from mqinfra.model.declaration import Declaration, Origin, Reference, Without
from mqinfra.model.errors import Bug
from mqinfra.model.names import Names
from mqinfra.model.promises import FIELD
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.entry_type import DeferredSugar, EntryType, LastSugar
from mqinfra.providers.base.expansion import Generated

_MAX_SUGAR = 8


class Assembly:
    """Collects the declarations of all documents of an environment."""

    def __init__(
        self,
        weak: tuple[Defaults, ...],
        overrides: tuple[Override, ...],
        catalogue: Catalogue,
        files: Files,
        clusters: Mapping[str, str] = MappingProxyType({}),
        names: Names = Names(),  # noqa: B008 - it is frozen
        without: Without = Without(),  # noqa: B008 - it is frozen
    ) -> None:
        """Begin.

        Args:
            weak: defaults of project and environment, strongest first.
            overrides: overrides in order.
            catalogue: the known kinds.
            files: reads the files that entries name, takes findings, and says how many nodes defaults may bring to all
                entries together.
            clusters: alias → broker type, of every cluster of the environment.
            names: what things are called there.
            without: what is not managed there.
        """
        self._clusters, self._names, self._without = clusters, names, without
        self._left_out: dict[Address, str] = {}
        found = files.found
        self._files = files
        self._left = files.limits.nodes
        self._sizes: dict[int, tuple[Map, int]] = {}
        self._weak, self._overrides, self._catalogue, self._found = weak, overrides, catalogue, found
        self._overriding = Overriding(overrides, found)
        self._declarations: dict[Address, Declaration] = {}
        self._settings = Settings(found)
        self._broken: set[Address] = set()
        self._brokers: dict[str, str] = {}
        self._traits: dict[EntryType, Traits] = {}
        self._deferring: set[EntryType] = set()
        self._bare: dict[Address, Callable[[], None]] = {}
        self._last: list[tuple[Section, EntryType, Topology]] = []

    @property
    def left_out(self) -> Mapping[Address, str]:
        """What is not managed in the environment, with its kind; see `Without`."""
        return MappingProxyType(dict(sorted(self._left_out.items(), key=lambda item: item[0].text)))

    @property
    def declarations(self) -> dict[Address, Declaration]:
        """All of them, sorted by address."""
        some = self._declarations
        return {address: some[address] for address in sorted(some, key=text_of)}

    def add(self, topology: Topology) -> None:
        """Take the entries of one document; those of `LastSugar` wait for `finish`."""
        for section in topology.sections:
            self._brokers[section.alias] = section.broker
            kind = self._catalogue.entry_type(section.broker, section.kind)
            if kind is None:
                raise Bug(f"a section of an unknown kind: {section.broker}/{section.kind}")
            if isinstance(kind, LastSugar):
                self._last.append((section, kind, topology))
            else:
                self._section(section, kind, topology)

    def finish(self) -> None:
        """Take the entries whose sugar looks at what all documents declare."""
        for section, kind, topology in self._last:
            self._section(section, kind, topology)
        self._last.clear()
        for address, declare in self._bare.items():
            if address not in self._declarations:
                declare()
        self._bare.clear()
        for kind in self._catalogue.of(self._brokers.values()).entry_types():
            if isinstance(kind, DeferredSugar) and kind in self._deferring:
                self._expand_deferred(kind)

    def _expand_deferred(self, kind: DeferredSugar) -> None:
        mine = {
            address: declaration
            for address, declaration in self.declarations.items()
            if self._brokers.get(address.cluster) == kind.broker
        }
        expansions = kind.expand_deferred(mine)
        for address, references in expansions.references.items():
            declaration = self._declarations[address]
            self._declarations[address] = replace(declaration, references=(*declaration.references, *references))
        for address, made in expansions.made:
            asking = self._declarations[address]
            places, maker = asking.positions, asking.origins[0].maker or address
            if not isinstance(places, Layers | MadeLayers):
                raise Bug(f"`{address}` was not declared by a manifest")
            said = Attributes(asking.labels, asking.origins[0].topology, asking.lifecycle)
            self._make(made, address, kind, places, said, 0, maker)

    def unmatched(self) -> None:
        """Report the overrides that matched nothing; only makes sense when every manifest was read."""
        self._overriding.unmatched(
            (self._names.declared(address), self._kind_of(address), item.labels, item.span.file)
            for address, item in self._declarations.items()
        )

    def _kind_of(self, address: Address) -> str:
        return f"{self._brokers.get(address.cluster, '')}/{address.kind}"

    def _section(self, section: Section, kind: EntryType, topology: Topology) -> None:
        name = f"{section.broker}/{section.kind}"
        weak = tuple([layer[name] for layer in (topology.defaults, *self._weak) if name in layer])
        weight = sum(map(self._size, weak))
        base: Mapping[str, Any] = {}
        if not self._affords(weight * (1 + len(section.entries)), section):
            return
        for layer in reversed(weak):
            base = merge(base, layer)
        source, placement = section.entries.source, kind.placement
        traits, said = self._traits_of(kind), Attributes(topology.labels, topology.name)
        for key, value, key_at, value_at in _entries(section):
            if value is not None and not isinstance(value, Map):
                shown = f"`{section.kind}.{key}`" if placement.named_by else f"`{key}`"
                self._found.append(wrong_type(Place(source, value_at), shown, "a mapping", value))
                continue
            own = value.without(section.sections) if value is not None and section.sections else value
            maps = (own, *weak) if own is not None else weak
            data = merge(base, own) if own and base else own or base
            if placement.named_by:
                pairs = pairs_of(kind, data) or ((section.kind, key),)
                address = Address(section.alias, section.kind, section.prefix, pairs)
            else:
                address = Address(section.alias, section.kind, (*section.prefix, key))
            layers = Layers((source, key_at), maps)
            if value and not own:
                # It only says where its sections lie; whoever says more of it says all.
                real = self._names.real(address)
                self._bare[real] = partial(self._entry, address, traits, data, layers, said)
            else:
                self._entry(address, traits, data, layers, said)

    def _traits_of(self, kind: EntryType) -> Traits:
        known = self._traits.get(kind)
        if known is None:
            known = self._traits[kind] = traits_of(kind, self._catalogue)
        return known

    def _size(self, layer: Map) -> int:
        """Size of a layer of defaults, which many sections share."""
        known = self._sizes.get(id(layer))
        if known is None:
            known = self._sizes[id(layer)] = (layer, size(layer))  # keeps the layer, so that its id stays its own
        return known[1]

    def _affords(self, nodes: int, section: Section) -> bool:
        """Large defaults times many entries are a bomb; what an honest project has is far below the limit."""
        before, self._left = self._left, self._left - nodes
        if self._left > 0:
            return True
        if before > 0:
            message = "defaults expand the entries beyond the number of keys and values that a file may have"
            hint = "raise `limits: {nodes: ...}` in mqinfra.yaml if this is intended"
            self._found.append(section.place.report(codes.LIMIT, message, help=hint))
        return False

    def _entry(
        self, address: Address, traits: Traits, data: Mapping[str, Any], layers: Layers, said: Attributes
    ) -> None:
        """Take an entry; `said` is what its document says."""
        kind, found = traits.kind, self._found
        labels = labels_of(data, layers, said.labels, found)
        without = self._leaves_out(address, traits, labels, layers)
        plain = layers
        if self._overrides:
            strong = self._overriding.of(address, traits.name, labels, layers.own.source.file)
            if strong:
                layers = Layers(layers.own, (*reversed(strong), *layers.maps))
                for override in strong:
                    data = merge(data, override)
                pairs = pairs_of(kind, data) if kind.placement.named_by else ()
                address = Address(address.cluster, address.kind, address.path, pairs) if pairs else address
                labels = labels_of(data, layers, said.labels, found)
        if self._names:
            real = renamed(self._names, kind, address, data, layers, found)
            if real is None:
                self._broken.add(self._names.real(address))
                return
            address, data = real
        if said_by(data):
            lifecycle = lifecycle_of(address, data, layers, found)
            promises = promises_of(kind, address, data, layers, plain, found)
            said = Attributes(labels, said.topology, lifecycle, promises)
            data = without_own(data)
        if traits.secret:
            for layer in layers.maps:
                hide_secrets(kind.entry, layer)
        if traits.files:
            read = with_texts(kind.entry, data, layers, self._files, address)
            if read is None:
                self._broken.add(address)
                return
            data, layers = read
        self._declare(address, traits, data, layers, None, said, 0, without=without)

    def _leaves_out(self, address: Address, traits: Traits, labels: Mapping[str, str], layers: Layers) -> bool:
        """Whether the environment does not manage what is called so in manifests."""
        without = self._without
        return bool(without.selectors) and without.means(address, traits.name, labels, layers.own.source.file)

    def _declare(
        self,
        address: Address,
        traits: Traits,
        data: Mapping[str, Any],
        places: Layers | MadeLayers,
        because: str | None,
        said: Attributes,
        depth: int,
        maker: Address | None = None,
        references: tuple[Reference, ...] = (),
        *,
        without: bool = False,
    ) -> None:
        kind, found = traits.kind, self._found
        if without:
            self._left_out[address] = traits.name
        if traits.sections:
            data = without_sections(data, traits.sections, kind, places, found, address)
        data = without_nulls(kind.entry, data)
        canonical, sound = self._settings.canonical(kind, data, places, address)
        entry = bind(
            kind.entry,
            canonical,
            places,
            found,
            what=traits.what,
            address=address.text,
            also=traits.also,
            settings=kind.settings,
        )
        if entry is None or not sound:
            self._broken.add(address)
            return
        expansion = traits.expand(address, entry, self._declarations)
        for missing in expansion.undeclared:
            if missing.target not in self._broken and missing.target not in self._left_out:
                message = f"{missing.title} `{missing.target.name}` is not declared"
                place = places.places(missing.path)[1]
                self._found.append(place.report(codes.UNDECLARED, message, help=missing.help, address=address.text))
        if expansion.spec is not None and not without:
            pointed = expansion.references
            if expansion.elsewhere:
                pointed += tuple(elsewhere(expansion.elsewhere, self._clusters, places, found, address))
            declaration = Declaration(
                spec=expansion.spec,
                positions=places,
                origins=(Origin(places.begin, because, maker, said.topology),),
                labels=said.labels,
                lifecycle=said.lifecycle,
                promises=said.promises,
                references=pointed + references + _needs(traits.rests_on(address), expansion.references),
                deferred=expansion.deferred,
            )
            if expansion.deferred is not None:
                self._deferring.add(kind)
            self._put(address, declaration, places)
        for made in expansion.made:
            self._make(made, address, kind, places, said, depth, maker or address, without=without)

    def _make(
        self,
        made: Generated,
        address: Address,
        kind: EntryType,
        places: Layers | MadeLayers,
        said: Attributes,
        depth: int,
        maker: Address,
        *,
        without: bool = False,
    ) -> None:
        target = self._catalogue.entry_type(kind.broker, made.kind)
        if target is None or depth >= _MAX_SUGAR:
            raise Bug(f"`{kind.broker}/{kind.name}` makes `{made.kind}` without end, or it is no kind")
        target_address = Address(address.cluster, made.kind, made.path, made.pairs)
        if target_address == address:
            message = f"the `{'.'.join(made.by)}` of `{address}` is `{address}` itself"
            hint, place = "name another, or leave the name out", places.places(made.by)[1]
            self._found.append(place.report(codes.CONFLICT, message, help=hint, address=address.text))
            return
        base, path = (places, made.by) if isinstance(places, Layers) else (places.base, places.by)
        traits = self._traits_of(target)
        without = without or self._leaves_out(self._names.declared(target_address), traits, said.labels, base)
        at, data = MadeLayers(base, path), made.data
        promises = promises_of(target, target_address, data, at, at, self._found)
        if FIELD in data:
            data = {field: value for field, value in data.items() if field != FIELD}
        self._declare(
            target_address,
            traits,
            data,
            at,
            f"{'.'.join(made.by)} of {address}",
            said.of_made(promises),
            depth + 1,
            maker,
            made.references,
            without=without,
        )

    def _put(self, address: Address, declaration: Declaration, places: Layers | MadeLayers) -> None:
        first = self._declarations.setdefault(address, declaration)
        if first is declaration:
            return
        found = conflict(address, first, declaration, places)
        if found is not None:
            self._found.append(found)
            return
        origins = tuple(sorted({*first.origins, *declaration.origins}, key=lambda o: (o.span, o.by or "")))
        lifecycle = first.lifecycle
        if declaration.lifecycle.adopt and not lifecycle.adopt:
            lifecycle = lifecycle.model_copy(update={"adopt": True})
        self._declarations[address] = replace(first, origins=origins, lifecycle=lifecycle)


def _entries(section: Section) -> Iterable[tuple[str, Any, int, int]]:
    """The entries of a section with the places of their keys and values; those of a list are called by their number."""
    if isinstance(section.entries, Map):
        return section.entries.placed()
    return ((str(index), item, at, at) for index, (item, at) in enumerate(section.entries.placed()))


def _needs(targets: Sequence[Address], given: Sequence[Reference]) -> tuple[Reference, ...]:
    """References to what a resource rests on, but for what others lead to."""
    if given and targets:
        named = {reference.target for reference in given}
        targets = [target for target in targets if target not in named]
    return tuple(map(_needed, targets))


@lru_cache(2**16)
def _needed(target: Address) -> Reference:
    """Many resources rest on few, and making a reference takes longer than looking it up."""
    return Reference((), target, "needed")
