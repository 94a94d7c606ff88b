"""`mqinfra.yaml`: the project and its environments. Separate from manifests, which several teams write."""

import re
from collections.abc import Container, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mqinfra.manifest import codes
from mqinfra.manifest.fields import Fields
from mqinfra.manifest.project.layering import Defaults, Override, parse_defaults, parse_overrides
from mqinfra.manifest.project.scopes import parse_scope
from mqinfra.manifest.project.variables import NAME, Variables
from mqinfra.manifest.text.limits import CEILING, NAMES, Limits
from mqinfra.manifest.text.node import Document, Map
from mqinfra.manifest.text.scalar import describe
from mqinfra.manifest.text.source import Place, Source
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import dataclass
from mqinfra.model.scope import Scope
from mqinfra.providers.base.catalogue import Catalogue

API_VERSION = "mqinfra/v1"
FILE = "mqinfra.yaml"
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PROJECT_FIELDS = (
    "apiVersion",
    "kind",
    "metadata",
    "manifests",
    "scope",
    "defaults",
    "environments",
    "limits",
    "policy",
    "prune",
)
_FILLED = ("clusters", "names", "without", "defaults", "overrides")
_ENVIRONMENT_FIELDS = ("production", "clusters", "variables", "names", "without", "defaults", "overrides", "prune")


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a project runs.

    Attributes:
        name: its name.
        clusters: its clusters: blocks by alias, or the path of a file with them.
        clusters_place: where they are said.
        variables: what `${name}` stands for.
        layers: its fields with the variables filled in.
        overrides: changes to entries, in order.
        production: people depend on it, so that `verify` sends nothing there of its own accord.
    """

    name: str
    clusters: Map | str | None
    clusters_place: Place
    variables: Mapping[str, Any]
    layers: Fields
    overrides: tuple[Override, ...]
    production: bool = False

    def defaults(self, catalogue: Catalogue, checked: Container[str]) -> Defaults:
        """Read the defaults that are stronger than the project's; see `parse_defaults`."""
        return parse_defaults(self.layers, catalogue, checked)


@dataclass(frozen=True, slots=True)
class Project:
    """The unit of ownership.

    Attributes:
        name: its name.
        root: its folder.
        manifests: files and folders with manifests, with their places.
        fields: its fields, as they are written.
        limits: limits that its files are read under.
        environments: environment blocks by name; see `environment`.
    """

    name: str
    root: Path
    manifests: tuple[tuple[str, Place], ...]
    fields: Fields
    limits: Limits
    environments: Mapping[str, tuple[Map, Place]]

    def environment(self, name: str, found: list[Diagnostic], *, runner: bool = False) -> Environment:
        """Read one environment; what is wrong with it is appended to `found`.

        Args:
            name: its name.
            found: where findings go.
            runner: whoever runs us says what its clusters are, so that it need not.

        Raises:
            KeyError: there is no such environment.
        """
        node, place = self.environments[name]
        fields = Fields(node, place, f"environment `{name}`", found)
        fields.only(_ENVIRONMENT_FIELDS)
        variables = _variables(fields)
        uses = Variables(variables, name, found, self.limits)
        layers = Fields(_fill(node, uses, _FILLED), place, fields.what, found)
        clusters = layers.node.get("clusters")
        if not isinstance(clusters, str):
            clusters = layers.mapping("clusters", required=not runner)
        return Environment(
            name=name,
            clusters=clusters,
            clusters_place=node.value_place("clusters") if "clusters" in node else place,
            variables=MappingProxyType(variables),
            layers=layers,
            overrides=parse_overrides(layers),
            production=fields.flag("production"),
        )

    def scope(self, variables: Variables, catalogue: Catalogue, checked: Container[str]) -> Scope:
        """Read what the project may own in an environment; see `parse_scope`."""
        node = self.fields.mapping("scope")
        if node is None:
            return Scope(ownership=catalogue.ownership)
        place = self.fields.node.key_place("scope")
        return parse_scope(Fields(variables.fill(node, place), place, "`scope`", self.fields.found), catalogue, checked)

    def defaults(self, catalogue: Catalogue, checked: Container[str]) -> Defaults:
        """Read the weakest defaults, without variables filled in; see `parse_defaults`."""
        return parse_defaults(self.fields, catalogue, checked)


def parse_project(document: Document, root: Path, limits: Limits, found: list[Diagnostic]) -> Project | None:
    """Read the document of a project; None when it is none."""
    fields = top_fields(document, "Project", found)
    if fields is None:
        return None
    fields.only(_PROJECT_FIELDS)
    metadata = fields.mapping("metadata", required=True)
    name = None
    if metadata is not None:
        about = Fields(metadata, fields.node.key_place("metadata"), "the project's `metadata`", found)
        about.only(("name",))
        name = about.text("name", required=True)
    return Project(
        name=name or "",
        root=root,
        manifests=tuple(fields.texts("manifests", required=True)),
        fields=fields,
        limits=_limits(fields, limits),
        environments=MappingProxyType(_environments(fields)),
    )


def no_documents(file: str, kind: str) -> Diagnostic:
    """Say that a file has none."""
    message = f"the file has no documents; expected `kind: {kind}`"
    return Place(Source(file, ""), 0).report(codes.DOCUMENT, message, help="add one, or remove the file")


def top_fields(document: Document, kind: str, found: list[Diagnostic]) -> Fields | None:
    """Check what every document begins with; None when it is no document of that kind."""
    root, place = document
    if not isinstance(root, Map):
        given = "nothing" if root is None else _type(root)
        hint = f"begin with `apiVersion: {API_VERSION}` and `kind: {kind}`"
        found.append(place.report(codes.DOCUMENT, f"this document must be a mapping, got {given}", help=hint))
        return None
    fields = Fields(root, place, f"a {kind}", found)
    version, said = fields.text("apiVersion", required=True), fields.text("kind", required=True)
    if version is not None and version != API_VERSION:
        newer = re.fullmatch(r"mqinfra/v[0-9].*", version) is not None
        hint = "upgrade mqinfra, or write the supported version" if newer else ""
        message = f"`{version}` is not supported; supported: `{API_VERSION}`"
        fields.report("apiVersion", codes.DOCUMENT, message, hint)
        return None
    if said is not None and said != kind:
        where = "" if said not in ("Project", "Topology") else _place_of(said)
        fields.report("kind", codes.DOCUMENT, f"unexpected kind `{said}`; expected `{kind}`", where)
        return None
    return fields if version is not None and said is not None else None


def _place_of(kind: str) -> str:
    return f"a Project belongs in {FILE}" if kind == "Project" else "a Topology belongs in a file below `manifests:`"


def _type(root: object) -> str:
    return "a list" if isinstance(root, list) else "text" if isinstance(root, str) else "a number or boolean"


def _environments(fields: Fields) -> dict[str, tuple[Map, Place]]:
    node = fields.mapping("environments", required=True)
    environments: dict[str, tuple[Map, Place]] = {}
    if not node:
        if node is not None:
            fields.report("environments", codes.ENVIRONMENT, f"{FILE} declares no environment")
        return environments
    group = Fields(node, fields.node.key_place("environments"), "`environments`", fields.found)
    for name, value, key_place, _ in node.entries():
        if not _ENVIRONMENT_NAME.fullmatch(name):
            message = f"`{name}` is not a valid name for an environment"
            hint = "use letters, digits, `.`, `_` and `-`"
            fields.found.append(key_place.report(codes.WRONG_VALUE, message, help=hint))
        block = Map(node.source, 0, {}) if value is None else group.mapping(name)
        if block is not None:
            environments[name] = block, key_place
    return environments


def _variables(fields: Fields) -> dict[str, Any]:
    node = fields.mapping("variables")
    for name, _, place, _ in node.entries() if node is not None else ():
        if not NAME.fullmatch(name):
            hint = "begin with a letter or `_`; then letters, digits, `_`, `.` and `-`"
            fields.found.append(place.report(codes.VARIABLE, f"`{name}` is not a valid name for a variable", help=hint))
    return dict(node or {})


def _fill(node: Map, variables: Variables, names: tuple[str, ...]) -> Map:
    data = {key: variables.fill(value, place) if key in names else value for key, value, _, place in node.entries()}
    return Map(node.source, node.at, data)


def _limits(fields: Fields, limits: Limits) -> Limits:
    node = fields.mapping("limits")
    if node is None:
        return limits
    Fields(node, fields.node.key_place("limits"), "`limits`", fields.found).only(NAMES)
    given: dict[str, int] = {}
    for name, value, _, place in node.entries():
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= CEILING:
            message = f"`{name}` must be a whole number from 1 to {CEILING:,}, got {describe(value)}"
            fields.found.append(place.report(codes.WRONG_VALUE, message))
        elif name in NAMES:
            given[name] = value
    return limits.changed(given)
