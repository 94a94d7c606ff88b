"""What the assembly has to know of a type of entries: worked out once, and not for each of a hundred thousand entries.

Separate from the assembly because it depends on types alone.
"""

from collections.abc import Callable, Mapping

from mqinfra.manifest.assembly.attributes import own_fields
from mqinfra.manifest.bind.shape import has_secrets
from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.errors import Bug
from mqinfra.model.frozen import dataclass
from mqinfra.model.spec import Spec
from mqinfra.model.wording import with_article
from mqinfra.providers.base.capabilities import Dependent
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.entry_type import EntryType, LastSugar, Sugar
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.kind import Kind


@dataclass(frozen=True, slots=True)
class Traits:
    """A type of entries, as the assembly sees it.

    Attributes:
        kind: the type.
        name: its name, `kafka/topics`.
        what: one of its entries, for messages: `a topic`.
        sections: keys of its entries that are sections of other kinds, and no fields.
        also: the fields that its entries have beside those of their kind, for suggestions.
        secret: its entries hold references to secrets.
        files: its entries name files.
        expand: takes the sugar out of an entry; most have none. It may look at what was declared before.
        rests_on: the resources without which one can't be, by its address.
    """

    kind: EntryType
    name: str
    what: str
    sections: tuple[str, ...]
    also: tuple[str, ...]
    secret: bool
    files: bool
    expand: Callable[[Address, Spec, Mapping[Address, Declaration]], Expansion]
    rests_on: Callable[[Address], tuple[Address, ...]]


def traits_of(kind: EntryType, catalogue: Catalogue) -> Traits:
    """Work out the traits of a type.

    Args:
        kind: the type.
        catalogue: the known types.
    """
    sections = catalogue.providers[kind.broker].sections.get(kind.name, ())
    return Traits(
        kind=kind,
        name=f"{kind.broker}/{kind.name}",
        what=with_article(kind.title),
        sections=sections,
        also=(*own_fields(kind), *sections),
        secret=has_secrets(kind.entry),
        files=bool(kind.entry.file_fields()),
        expand=_expander(kind),
        rests_on=_rests_on(kind),
    )


def _expander(kind: EntryType) -> Callable[[Address, Spec, Mapping[Address, Declaration]], Expansion]:
    if isinstance(kind, Sugar):
        return lambda address, entry, _declared: kind.expand(address, entry)
    if isinstance(kind, LastSugar):
        return kind.expand_last
    if not isinstance(kind, Kind):
        raise Bug(f"entries of `{kind.broker}/{kind.name}` declare nothing")
    narrow = kind.spec.narrow
    return lambda _address, entry, _declared: Expansion(narrow(entry))


def _rests_on(kind: EntryType) -> Callable[[Address], tuple[Address, ...]]:
    if not isinstance(kind, Kind):
        return lambda _address: ()
    return kind.rests_on if isinstance(kind, Dependent) else kind.placement.nesting
