"""What can be said of a kind and its fields, for `explain` and the generated docs."""

from collections.abc import Mapping

from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import Setting
from mqinfra.model.spec import Mutability


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """One field of a kind, or one of the broker's own keys below it.

    Attributes:
        name: as written in manifests and plans: `partitions`, `config.retention.ms`.
        type: for people: `whole number`, `text`, `mapping`.
        description: what it means.
        mutability: whether it can change on a live resource.
        setting: the broker's rules for it, where it is one of its own keys.
    """

    name: str
    type: str
    description: str
    mutability: Mutability = Mutability.MUTABLE
    setting: Setting | None = None


@dataclass(frozen=True, slots=True)
class KindDescription:
    """A kind.

    Attributes:
        name: `kafka/topics`.
        title: singular for people.
        description: what it is.
        fields: its fields by name, in the order of the type, the broker's keys after the field they stand in.
    """

    name: str
    title: str
    description: str
    fields: Mapping[str, FieldDescription]


@dataclass(frozen=True, slots=True)
class ProviderDescription:
    """A type of broker.

    Attributes:
        type: its name in manifests.
        description: what it is.
        newest: the newest version that is described.
        block: the fields of a cluster's block, by name.
        kinds: its kinds by name, and what one of each is.
    """

    type: str
    description: str
    newest: str
    block: Mapping[str, FieldDescription]
    kinds: Mapping[str, str]
