"""From sections to declarations: layers, settings, binding, sugar. The heart of the loader, without files.

Order per entry, weakest first: project defaults, environment defaults, document defaults, the entry, overrides; then
the broker's settings are made canonical, the entry is bound, and sugar is expanded.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mqinfra.manifest import codes
from mqinfra.manifest.binding import bind, hide_secrets
from mqinfra.manifest.fields import wrong_type
from mqinfra.manifest.layering import Defaults, Override
from mqinfra.manifest.limits import Limits
from mqinfra.manifest.node import Map, size
from mqinfra.manifest.positions import Layers, MadeLayers, merge
from mqinfra.manifest.settings import Settings
from mqinfra.manifest.shape import has_secrets
from mqinfra.manifest.topology import Section, Topology
from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Lifecycle, Origin
from mqinfra.model.diagnostic import Diagnostic, Related
from mqinfra.model.errors import Bug
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.kind import Kind, Made

OWN_FIELDS = ("labels", "lifecycle")
_MAX_SUGAR = 8
_NO_LIFECYCLE = Lifecycle()


class Assembly:
    """Collects the declarations of all documents of an environment."""

    def __init__(
        self,
        weak: tuple[Defaults, ...],
        overrides: tuple[Override, ...],
        catalogue: Catalogue,
        found: list[Diagnostic],
        limits: Limits,
    ) -> None:
        """Begin.

        Args:
            weak: defaults of project and environment, strongest first.
            overrides: overrides in order.
            catalogue: the known kinds.
            found: where findings go.
            limits: how many nodes defaults may bring to all entries together.
        """
        self._left = limits.nodes
        self._sizes: dict[int, tuple[Map, int]] = {}
        self._weak, self._overrides, self._catalogue, self._found = weak, overrides, catalogue, found
        self._matched = [False] * len(overrides)
        self._declarations: dict[Address, Declaration] = {}
        self._settings = Settings(found)
        self._late: list[tuple[Section, Kind[Any], Topology]] = []

    @property
    def declarations(self) -> dict[Address, Declaration]:
        """All of them, sorted by address."""
        return dict(sorted(self._declarations.items(), key=lambda item: item[0].text))

    def add(self, topology: Topology) -> None:
        """Take the entries of one document; those of late kinds wait for `finish`."""
        for section in topology.sections:
            kind = self._catalogue.kind(section.broker, section.kind)
            if kind is None:
                raise Bug(f"a section of an unknown kind: {section.broker}/{section.kind}")
            if kind.late:
                self._late.append((section, kind, topology))
            else:
                self._section(section, kind, topology)

    def finish(self) -> None:
        """Take the entries of late kinds, whose sugar looks at what all documents declare."""
        for section, kind, topology in self._late:
            self._section(section, kind, topology)
        self._late.clear()

    def unmatched(self) -> None:
        """Report the overrides that matched nothing; only makes sense when every manifest was read."""
        for override, matched in zip(self._overrides, self._matched, strict=True):
            if not matched:
                message = f"`{override.selector.text}` matches no declared resource"
                made = any(
                    override.selector.matches(address, address.kind, item.labels, item.span.file)
                    for address, item in self._declarations.items()
                )
                hint = "it matches only what sugar made; override the resource with the sugar" if made else ""
                self._found.append(override.place.report(codes.OVERRIDE, message, help=hint))

    def _section(self, section: Section, kind: Kind[Any], topology: Topology) -> None:
        name = f"{section.broker}/{section.kind}"
        layers = [layer[name] for layer in (topology.defaults, *self._weak) if name in layer]
        weak = tuple(layers)
        weight = sum(map(self._size, weak))
        base: Mapping[str, Any] = {}
        if not self._affords(weight * (1 + len(section.entries)), section):
            return
        for layer in reversed(weak):
            base = merge(base, layer)
        for key, value, key_place, value_place in section.entries.entries():
            if value is not None and not isinstance(value, Map):
                self._found.append(wrong_type(value_place, f"`{key}`", "a mapping", value))
                continue
            address = Address(section.alias, section.kind, (key,))
            maps = (value, *weak) if value is not None else weak
            data = merge(base, value) if value and base else value or base
            self._entry(address, kind, name, data, Layers(key_place, maps), topology)

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
            message = "defaults bring more keys and values to the entries than a file may have"
            hint = "raise `limits: {nodes: ...}` in mqinfra.yaml if this is meant"
            self._found.append(section.place.report(codes.LIMIT, message, help=hint))
        return False

    def _entry(
        self,
        address: Address,
        kind: Kind[Any],
        name: str,
        data: Mapping[str, Any],
        layers: Layers,
        topology: Topology,
    ) -> None:
        labels = self._labels(data, layers, topology.labels)
        if self._overrides:
            strong = self._strong(address, name, labels, layers.own.source.file)
            if strong:
                layers = Layers(layers.own, (*reversed(strong), *layers.maps))
                for override in strong:
                    data = merge(data, override)
                labels = self._labels(data, layers, topology.labels)
        lifecycle = self._lifecycle(address, data, layers)
        if has_secrets(kind.entry):
            for layer in layers.maps:
                hide_secrets(kind.entry, layer)
        if any(field in data for field in OWN_FIELDS):
            data = {field: value for field, value in data.items() if field not in OWN_FIELDS}
        self._declare(address, kind, data, layers, None, labels, lifecycle, 0)

    def _declare(
        self,
        address: Address,
        kind: Kind[Any],
        data: Mapping[str, Any],
        places: Layers | MadeLayers,
        because: str | None,
        labels: Mapping[str, str],
        lifecycle: Lifecycle,
        depth: int,
    ) -> None:
        canonical, sound = self._settings.canonical(kind, data, places, address)
        title = f"a {kind.title}"
        entry = bind(
            kind.entry,
            canonical,
            places,
            self._found,
            what=title,
            address=address.text,
            also=OWN_FIELDS,
            settings=kind.settings,
        )
        if entry is None or not sound:
            return
        expansion = kind.expand(address, entry, self._declarations)
        if expansion.spec is not None:
            own = places.own.span if isinstance(places, Layers) else places.places(())[0].span
            declaration = Declaration(
                spec=expansion.spec,
                positions=places,
                origins=(Origin(own, because),),
                labels=labels,
                lifecycle=lifecycle,
                references=expansion.references,
            )
            self._put(address, declaration, places)
        for made in expansion.made:
            self._make(made, address, kind, places, labels, depth)

    def _make(
        self,
        made: Made,
        address: Address,
        kind: Kind[Any],
        places: Layers | MadeLayers,
        labels: Mapping[str, str],
        depth: int,
    ) -> None:
        target = self._catalogue.kind(kind.broker, made.kind)
        if target is None or depth >= _MAX_SUGAR:
            raise Bug(f"`{kind.broker}/{kind.name}` makes `{made.kind}` without end, or it is no kind")
        if (made.kind, made.path) == (address.kind, address.path):
            message = f"the `{'.'.join(made.because)}` of `{address}` is `{address}` itself"
            hint, place = "name another, or leave the name out", places.places(made.because)[1]
            self._found.append(place.report(codes.CONFLICT, message, help=hint, address=address.text))
            return
        base, path = (places, made.because) if isinstance(places, Layers) else (places.base, places.because)
        self._declare(
            Address(address.cluster, made.kind, made.path),
            target,
            made.data,
            MadeLayers(base, path),
            f"{'.'.join(made.because)} of {address}",
            labels,
            _NO_LIFECYCLE,
            depth + 1,
        )

    def _put(self, address: Address, declaration: Declaration, places: Layers | MadeLayers) -> None:
        first = self._declarations.setdefault(address, declaration)
        if first is declaration:
            return
        path = _difference(first, declaration)
        if path is None:
            origins = tuple(sorted({*first.origins, *declaration.origins}, key=lambda o: (o.span, o.because or "")))
            self._declarations[address] = Declaration(
                first.spec, first.positions, origins, first.labels, first.lifecycle, first.references
            )
            return
        here = places.places(path)[1]
        there = first.positions.span(path) or first.span
        field = ".".join(path)
        made, sugar = first.origins[0].because, first.origins[0].because or declaration.origins[0].because
        label = "declared here first" if made is None else f"made here by {made}"
        word = (sugar or "").partition(" ")[0]
        advice = f"say all of it in the `{word}` that makes it, or write `{word}: false` there and declare it alone"
        related = Related(span=there, label=label, source=first.positions.line(there))
        self._found.append(
            here.report(
                codes.CONFLICT,
                f"`{address}` is declared twice, and the two differ in `{field}`",
                help=advice if sugar else "remove one of the two, or make them equal",
                related=(related,),
                address=address.text,
            )
        )

    def _strong(self, address: Address, name: str, labels: Mapping[str, str], file: str) -> list[Map]:
        strong: list[Map] = []
        for index, override in enumerate(self._overrides):
            if override.selector.matches(address, name, labels, file):
                self._matched[index] = True
                strong.append(override.set)
        return strong

    def _labels(self, data: Mapping[str, Any], layers: Layers, inherited: Mapping[str, str]) -> Mapping[str, str]:
        given = data.get("labels")
        if given is None:
            return inherited
        if not isinstance(given, Mapping):
            self._found.append(wrong_type(layers.places(("labels",))[1], "`labels`", "a mapping", given))
            return inherited
        labels = dict(inherited)
        for key, value in given.items():
            if isinstance(value, str):
                labels[key] = value
            else:
                place = layers.places(("labels", key))[1]
                self._found.append(wrong_type(place, f"`labels.{key}`", "text", value))
        return MappingProxyType(labels)

    def _lifecycle(self, address: Address, data: Mapping[str, Any], layers: Layers) -> Lifecycle:
        given = data.get("lifecycle")
        if given is None:
            return _NO_LIFECYCLE
        if not isinstance(given, Mapping):
            self._found.append(wrong_type(layers.places(("lifecycle",))[1], "`lifecycle`", "a mapping", given))
            return _NO_LIFECYCLE
        places = MadeLayers(layers, ("lifecycle",))
        bound = bind(Lifecycle, given, places, self._found, what="`lifecycle`", address=address.text)
        return bound or _NO_LIFECYCLE


def _difference(one: Declaration, other: Declaration) -> tuple[str, ...] | None:
    """The first field in which two declarations of a resource differ."""
    first, second = one.spec.fields(), other.spec.fields()
    for path in sorted({*first, *second}):
        if (path in first) != (path in second) or first[path] != second[path]:
            return path
    for key in sorted({*one.labels, *other.labels}):
        if one.labels.get(key) != other.labels.get(key):
            return ("labels", key)
    return None if one.lifecycle == other.lifecycle else ("lifecycle",)
