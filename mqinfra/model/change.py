"""One change of a plan: pure JSON data, complete enough to show, digest, apply and read back."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Annotated, ClassVar, TypeVar

from pydantic import ConfigDict, JsonValue, PlainSerializer

from mqinfra.model.address import Address
from mqinfra.model.claim import Claim
from mqinfra.model.document import Document
from mqinfra.model.form import Form
from mqinfra.model.frozen import dataclass
from mqinfra.model.holding import Holding
from mqinfra.model.loss import Loss
from mqinfra.model.setting import Unit
from mqinfra.model.span import Path, Span
from mqinfra.model.spec import Mutability, Spec, SpecDocument
from mqinfra.model.story import Detail, Effect

S = TypeVar("S", bound=Spec)


class Action(StrEnum):
    """What happens to a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    ADOPT = "adopt"
    FORGET = "forget"


class Reason(StrEnum):
    """Why a change is in the plan; machine-readable, each with a sentence for people."""

    ABSENT = "absent"
    DIFFERS = "differs"
    IMMUTABLE = "immutable-difference"
    TOMBSTONE = "tombstone"
    GOES_WITH = "goes-with"
    NOT_DECLARED = "not-declared"
    SUGAR_GONE = "sugar-gone"


class Moved(StrEnum):
    """What moved where a field differs from the manifest, by the record of what was last applied."""

    DRIFT = "drift"
    """The live resource: somebody changed it since."""
    INTENT = "intent"
    """The manifest."""
    BOTH = "both"


class Undo(StrEnum):
    """Whether what a change does can be taken back by another plan."""

    YES = "yes"
    NO = "no"


class CostKind(StrEnum):
    """What a change takes from people who use the resource; an effect takes nothing, and is said all the same."""

    MESSAGES_LOST = "messages-lost"
    CONSUMERS_CUT_OFF = "consumers-cut-off"
    ORDER_BROKEN = "key-order-broken"
    RETENTION_LOWERED = "retention-lowered"
    SEMANTICS_CHANGED = "semantics-changed"
    DETAIL = "detail"
    EFFECT = "effect"
    UNKNOWN = "unknown"


class Cost(Document):
    """One price of a change.

    Attributes:
        kind: what is paid.
        text: one phrase for people, with numbers from the live broker.
        path: the field it belongs to; empty for the resource as a whole.
        number: how many, for machines; None when it could not be read. Not part of the digest.
    """

    kind: CostKind
    text: str
    path: Path = ()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field that differs. A plan holds a few for every resource, so that it is no model but a plain record.

    Attributes:
        path: the field.
        before: live value of the resource itself; None when it inherits the broker's default.
        after: wanted value; None asks for the broker's default.
        inherited: value that the broker's default gives now, when known.
        unit: unit of the numbers, for showing.
        mutability: whether the field can change on a live resource.
        form: what the values are made of; None for one thing, or what their type tells.
        span: where the wanted value was declared; None in a create, whose change has one for all.
        note: what the values do not say: a node, or that a secret is set if it differs.
        nodes: live values of the nodes that keep the resource for themselves and whose value is not the wanted one,
            by node; None where the resource is missing.
        secret: the values are references, so that what is live has none to show.
        moved: what moved since the last apply; None where no record tells.
        recorded: value of the last apply, where the live one drifted from it.
    """

    __pydantic_config__: ClassVar[ConfigDict] = Document.model_config

    path: Path
    before: JsonValue = None
    after: JsonValue = None
    inherited: JsonValue = None
    unit: Unit | None = None
    mutability: Mutability = Mutability.MUTABLE
    form: Form | None = None
    span: Span | None = None
    note: str = ""
    nodes: Mapping[str, JsonValue] = field(default_factory=lambda: _NO_NODES)
    secret: bool = False
    moved: Moved | None = None
    recorded: JsonValue = None


def _no_guard() -> Mapping[str, str]:
    return _NO_GUARD


def _no_labels() -> Mapping[str, str]:
    return _NO_LABELS


_NO_GUARD: Mapping[str, str] = {}
_Document = Annotated[Mapping[str, JsonValue], PlainSerializer(dict, return_type=dict[str, JsonValue])]
"""Of a plan that was made now it is a `SpecDocument`, which pydantic could not write."""
_NO_LABELS: Mapping[str, str] = {}
_NO_NODES: Mapping[str, JsonValue] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource. Plain too: a plan of 50,000 as models would take a third of the memory more.

    Attributes:
        address: the resource.
        action: what happens.
        reason: why.
        differences: the fields that change, for an update or replace; for a create, the declared fields.
        before: compared fields of the live resource as the plan saw them; None when it was absent.
        after: wanted spec as JSON; None for a delete.
        fingerprint: digest of what the plan rests on: identity, compared fields, and classes a guard used.
        identity: the broker's own id of the live resource; empty when absent.
        guard: classes that a guard used, `{"messages": "none"}`: a later apply checks that they still hold.
        losses: what it may destroy besides deleting, where nobody consented: an apply counts it again.
        costs: what it takes, dearest first.
        undo: whether another plan can take it back.
        blocked_by: codes of the diagnostics that block it; empty when it may go.
        needs: addresses whose changes have to be seen first.
        span: where it was declared, or its tombstone.
        origin: the sugar that made the resource, if any.
        note: the tombstone's reason.
        claim: the record that it rests on; None where the manifests alone ask for it.
        made_by: the entries whose sugar makes or made the resource; empty for a plain entry.
        consents: digests of the lines whose consent it needs, which an apply uses up.
        adopts: it takes over what was there before and nobody claims, as the user asked; it then counts as made by
            the project.
        title: what people call one of its kind, `queue`; empty in plans of older versions.
        label: what people call the resource, `/shop orders`; empty likewise.
        labels: as declared.
        holding: what resources of its kind hold; None in plans of older versions.
        summary: what it comes to in words, instead of its fields; empty where these say it best.
        details: further lines of that.
        belongs_to: the resource that it is read with, such as the user of a right; None for itself.
        effects: settings that come into force because of it or go, on itself or on others.
    """

    __pydantic_config__: ClassVar[ConfigDict] = Document.model_config

    address: Address
    action: Action
    reason: Reason
    differences: tuple[FieldDifference, ...] = ()
    before: Mapping[str, JsonValue] | None = None
    after: _Document | None = None
    fingerprint: str = ""
    identity: str = ""
    guard: Mapping[str, str] = field(default_factory=_no_guard)
    losses: tuple[Loss, ...] = ()
    costs: tuple[Cost, ...] = ()
    undo: Undo = Undo.YES
    blocked_by: tuple[str, ...] = ()
    needs: tuple[Address, ...] = ()
    span: Span | None = None
    origin: str | None = None
    note: str = ""
    claim: Claim | None = None
    made_by: tuple[Address, ...] = ()
    adopts: bool = False
    consents: tuple[str, ...] = ()
    title: str = ""
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=_no_labels)
    holding: Holding | None = None
    summary: str = ""
    details: tuple[Detail, ...] = ()
    belongs_to: Address | None = None
    effects: tuple[Effect, ...] = ()

    def wanted(self, spec: type[S]) -> S:
        """The wanted spec, typed: the declared one itself in a plan that was made now, else validated out of `after`.

        Args:
            spec: the type of the kind's specs.

        Raises:
            pydantic.ValidationError: the change is a delete, or does not fit the kind, which is a bug.
        """
        if isinstance(self.after, SpecDocument) and type(self.after.spec) is spec:
            return self.after.spec
        return spec.model_validate(self.after)

    @property
    def destructive(self) -> bool:
        """Deletes, replaces, and whatever loses messages or cuts consumers off."""
        if self.action is Action.DELETE or self.action is Action.REPLACE:
            return True
        return bool(self.costs) and any(
            cost.kind in (CostKind.MESSAGES_LOST, CostKind.CONSUMERS_CUT_OFF) for cost in self.costs
        )
