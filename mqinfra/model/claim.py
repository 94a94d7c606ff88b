"""A claim in a plan: the record that a change rests on, where it is more than the manifests that ask for it."""

from typing import ClassVar

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from mqinfra.model.frozen import dataclass
from mqinfra.model.record import Origin


@dataclass(frozen=True, slots=True)
class Claim:
    """What a record says that justifies a change. It enters the digest of the plan.

    Attributes:
        owner: whose record it is, as people read it: `shop/prod`.
        origin: how the resource came into the project.
        makers: keys of the entries whose sugar made it; empty for a plain entry.
        sugar: the sugar, as people read it; empty for a plain entry.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
    )

    owner: str
    origin: Origin
    makers: tuple[str, ...] = ()
    sugar: str = ""
