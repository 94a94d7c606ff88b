"""Which settings of policies come into force on a resource that a plan makes or changes itself."""

from collections.abc import Container, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.declaration import Declaration
from mqinfra.model.setting import Unit
from mqinfra.providers.base.words import named, valued
from mqinfra.providers.rabbitmq.policy.merge import FOLLOWS

_NONE: Mapping[Address, Declaration] = {}


def in_force(change: Change, said: Container[str] = (), declared: Mapping[Address, Declaration] = _NONE) -> str:
    """Say what policies make of a resource; empty where that does not change.

    Args:
        change: its change.
        said: settings of which other lines tell.
        declared: what is declared, so that the policy is named that a made one follows.
    """
    texts: list[str] = []
    for effect in change.effects:
        if effect.address != change.address:
            continue
        words = [
            f"{key} {_moved(effect.before.get(key), effect.after.get(key), effect.units.get(key))}"
            for key in sorted({*effect.before, *effect.after})
            if key not in said
        ]
        by = f"policy {named(_base(effect.by, declared).name)}" if effect.by is not None else ""
        if words:
            texts.append(", ".join(words) + (f" ({by})" if by else ""))
        elif by and not effect.before and not effect.after:
            texts.append(f"by {by} from now on")
    return "; ".join(texts)


def _base(policy: Address, declared: Mapping[Address, Declaration]) -> Address:
    declaration = declared.get(policy)
    followed = (item.target for item in declaration.references if item.role == FOLLOWS) if declaration else iter(())
    return next(followed, policy)


def _moved(before: JsonValue, after: JsonValue, unit: Unit | None) -> str:
    if before is None:
        return valued(after, unit)
    return f"{valued(before, unit)} -> {'none' if after is None else valued(after, unit)}"
