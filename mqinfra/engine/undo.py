"""The way back: what an apply is about to change, kept as a desired state, and planned like any other.

Nothing of it consents to anything. What it would destroy needs the lines in the manifests that it needs otherwise, and
what can't go back (messages, secrets that were taken) is listed when it is kept.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import JsonValue, ValidationError

from mqinfra.engine.selection import Selection
from mqinfra.model.address import Address, AddressError
from mqinfra.model.change import Action, Change, Undo
from mqinfra.model.declaration import Declaration, Desired, Origin, Reference, Tombstone
from mqinfra.model.frozen import dataclass
from mqinfra.model.plan import Plan
from mqinfra.model.selector import Selector
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path as FieldPath
from mqinfra.model.span import Span
from mqinfra.model.written import Written
from mqinfra.providers.base.capabilities import rests_on
from mqinfra.providers.base.catalogue import Catalogue

FORMAT_VERSION = "1.0"


class StateError(ValueError):
    """A file that is no usable state. The message says why, for a person."""


class DesiredState(Written):
    """What `apply -o before=FILE` writes, and `plan --desired FILE` reads.

    Attributes:
        kind: `DesiredState`.
        format_version: version of this document's format.
        project: the project's name.
        environment: the environment's name.
        resources: by address, the entry that a resource should have, in the broker's own units; null where it should
            not be. Fields that are left out are left alone; a null field is the broker's default. No secrets.
        not_undone: by address, what can't go back.
    """

    kind: Literal["DesiredState"] = "DesiredState"
    format_version: str = FORMAT_VERSION
    project: str
    environment: str
    resources: Mapping[str, Mapping[str, JsonValue] | None]
    not_undone: Mapping[str, str] = {}

    def to_json(self) -> str:
        """Write it."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), indent=1, sort_keys=True) + "\n"


@dataclass(frozen=True, slots=True)
class _InFile:
    """Where the fields of a state are: in its file."""

    file: str

    def span(self, path: FieldPath) -> Span | None:  # noqa: ARG002 - a protocol's signature
        return Span(self.file, 1, 1)

    def key_span(self, path: FieldPath) -> Span | None:  # noqa: ARG002
        return Span(self.file, 1, 1)

    def line(self, span: Span) -> str | None:  # noqa: ARG002
        return None


def state_before(plan: Plan, catalogue: Catalogue) -> DesiredState:
    """What a plan is about to change, as it is now."""
    types = {cluster.alias: cluster.type for cluster in plan.clusters}
    resources: dict[str, Mapping[str, JsonValue] | None] = {}
    lost: dict[str, str] = {}
    for change in plan.changes:
        address = str(change.address)
        kind = catalogue.kind(types.get(change.address.cluster, ""), change.address.kind)
        secret = kind.spec.secret_fields() if kind is not None else ()
        gone = change.action is Action.DELETE and bool(secret)
        if not gone:
            before = change.before if change.action is not Action.CREATE else None
            resources[address] = {k: v for k, v in before.items() if k not in secret} if before is not None else None
        why = _not_undone(change, secrets=bool(secret))
        if why:
            lost[address] = why
    return DesiredState(project=plan.project, environment=plan.environment, resources=resources, not_undone=lost)


def read_state(text: str) -> DesiredState:
    """Read a state.

    Raises:
        StateError: it is none, or of another major version.
    """
    try:
        state = DesiredState.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StateError(f"it is no state that `apply -o before=FILE` kept: {place}: {first['msg']}") from None
    if state.format_version.split(".")[0] != FORMAT_VERSION.split(".", maxsplit=1)[0]:
        raise StateError(f"it has format {state.format_version}, and this mqinfra reads {FORMAT_VERSION}")
    return state


def desired_by(state: DesiredState, desired: Desired, catalogue: Catalogue, file: Path) -> tuple[Desired, Selection]:
    """Put a state in place of what the manifests say of its resources.

    Args:
        state: the state.
        desired: what the manifests want; their secrets, consents and references stay.
        catalogue: the known kinds.
        file: where the state is, for messages.

    Returns:
        what is wanted, and the selection of the resources that the state speaks of: nothing else is planned for.

    Raises:
        StateError: it is of another project or environment, or speaks of what this project can't have.
    """
    if (state.project, state.environment) != (desired.project, desired.environment):
        here = f"this is {desired.project}/{desired.environment}"
        raise StateError(f"it is of {state.project}/{state.environment}, and {here}")
    declarations, tombstones = dict(desired.declarations), dict(desired.tombstones)
    selectors: list[Selector] = []
    gone: dict[Address, Declaration] = {}
    for text, entry in state.resources.items():
        address = _owned(text, desired)
        selector = Selector.parse(text)
        if isinstance(selector, Problem):
            raise StateError(f"`{text}`: {selector.message}")
        selectors.append(selector)
        if entry is None:
            known = declarations.pop(address, None)
            if known is not None:
                gone[address] = known
            tombstones.setdefault(address, Tombstone(Span(str(file), 1, 1), reason="the way back"))
        else:
            tombstones.pop(address, None)
            declarations[address] = _declared(address, entry, desired, catalogue, file)
    declarations |= _without_sugar(gone, declarations)
    wanted = replace(
        desired, declarations=dict(sorted(declarations.items())), tombstones=dict(sorted(tombstones.items()))
    )
    return wanted, Selection(tuple(selectors))


def _without_sugar(
    gone: Mapping[Address, Declaration], declarations: Mapping[Address, Declaration]
) -> dict[Address, Declaration]:
    """The makers of what is to go, which stay: what their sugar wants, and refers to, was not there before it."""
    makers = {origin.maker for declaration in gone.values() for origin in declaration.origins}
    found: dict[Address, Declaration] = {}
    for maker in makers:
        known = declarations.get(maker) if maker is not None else None
        if maker is not None and known is not None:
            kept = tuple(reference for reference in known.references if reference.target not in gone)
            found[maker] = replace(known, references=kept, deferred=None)
    return found


def _owned(text: str, desired: Desired) -> Address:
    try:
        address = Address.parse(text)
    except AddressError as error:
        raise StateError(str(error)) from None
    broker = desired.clusters.get(address.cluster)
    if broker is None or not desired.scope.owns(broker, address):
        raise StateError(f"`{text}` is not in the project's scope")
    return address


def _declared(
    address: Address, entry: Mapping[str, JsonValue], desired: Desired, catalogue: Catalogue, file: Path
) -> Declaration:
    kind = catalogue.kind(desired.clusters[address.cluster], address.kind)
    if kind is None:
        raise StateError(f"`{address}`: its cluster has no `{address.kind}`")
    known = desired.declarations.get(address)
    secret = kind.spec.secret_fields()
    held = known.spec.to_json() if known is not None else {}
    try:
        spec = kind.spec.model_validate({**entry, **{name: held[name] for name in secret if name in held}})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StateError(f"`{address}`: {place}: {first['msg']}") from None
    if known is not None:
        return replace(known, spec=spec)
    references = tuple(Reference((), target, "needed") for target in rests_on(kind, address))
    return Declaration(spec, _InFile(str(file)), (Origin(Span(str(file), 1, 1)),), references=references)


def _not_undone(change: Change, *, secrets: bool) -> str:
    if change.action is Action.DELETE:
        return "it would have to be made with its secrets, which nothing keeps" if secrets else "what was in it is gone"
    if change.action is Action.REPLACE:
        return "what was in it is gone"
    if change.undo is Undo.NO:
        costs = "; ".join(cost.text for cost in change.costs)
        return costs or "the broker has no way back"
    return ""
