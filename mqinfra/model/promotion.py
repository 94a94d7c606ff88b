"""What would change in one environment if it equalled another, by the names that manifests use."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action
from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import Unit
from mqinfra.model.span import Path, Span


@dataclass(frozen=True, slots=True)
class PromotedField:
    """One field that differs.

    Attributes:
        path: the field.
        before: its value in the environment that would change; None where it has none.
        after: its value in the other one.
        unit: unit of numbers.
        before_span: where the first is written; None where it is not, or of what is live.
        after_span: where the second is written.
    """

    path: Path
    before: JsonValue
    after: JsonValue
    unit: Unit | None = None
    before_span: Span | None = None
    after_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Promoted:
    """One resource that differs.

    Attributes:
        address: what manifests call it.
        action: what would happen to it: create, update or delete.
        title: its kind in the singular, for people.
        fields: what differs of one that both have.
    """

    address: Address
    action: Action
    title: str
    fields: tuple[PromotedField, ...] = ()


@dataclass(frozen=True, slots=True)
class Promotion:
    """What would change.

    Attributes:
        project: the project's name.
        source: the environment that the other one is to equal.
        target: the environment that would change.
        live: what is on the clusters was compared, and not the manifests.
        resources: what differs, sorted by address.
        without: what one of the two does not manage, so that it is no difference, by environment and kind.
    """

    project: str
    source: str
    target: str
    live: bool
    resources: tuple[Promoted, ...] = ()
    without: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}))
