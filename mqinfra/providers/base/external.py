"""What an `access` names: a thing of this project, or one that others own and that is marked `external: true`."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from mqinfra.model.address import Address
from mqinfra.model.setting import suggestion
from mqinfra.providers.base.expansion import Undeclared

_PLAIN = re.compile(r"[A-Za-z][\w.:/-]*")


class External(BaseModel):
    """A thing that others own, so that nobody here declares it; each broker adds the field with its name."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="forbid")

    external: Literal[True]


def undeclared(
    field: str, names: Iterable[str | External], title: str, scheme: Address, known: Collection[str]
) -> Iterator[Undeclared]:
    """Say which of the names nobody declares.

    Args:
        field: the field that they stand in.
        names: the names; the external ones are others' to declare.
        title: what they name, which is also the field of an external one: `queue`.
        scheme: the address of one of them; only its last name differs.
        known: names that are declared, or always there.
    """
    for index, name in enumerate(names):
        if isinstance(name, str) and name not in known:
            close = suggestion(name, [one for one in known if one])
            written = name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)
            external = f"if others own it: `{field}: [{{{title}: {written}, external: true}}]`"
            target = Address(scheme.cluster, scheme.kind, (*scheme.path[:-1], name))
            yield Undeclared(target, (field, str(index)), title, (close, external) if close else (external,))
