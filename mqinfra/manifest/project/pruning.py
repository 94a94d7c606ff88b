"""`prune:`: the kinds of which nothing goes only because no manifest declares it any more."""

from collections.abc import Container, Iterator

from mqinfra.manifest import codes
from mqinfra.manifest.fields import Fields
from mqinfra.manifest.text.node import Map
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.catalogue import Catalogue

_NONE = "none"


def parse_pruning(fields: Fields, catalogue: Catalogue, checked: Container[str]) -> frozenset[str]:
    """Read the `prune:` of a project or an environment: `none` for everything, or per kind.

    Args:
        fields: the project or the environment.
        catalogue: known brokers and kinds.
        checked: the types whose kinds are looked at.

    Returns:
        the kinds that are left alone, as `BROKER/KIND`.
    """
    value = fields.node.get("prune")
    if value is None:
        return frozenset()
    if value == _NONE:
        return frozenset(f"{kind.broker}/{kind.name}" for kind in catalogue.kinds())
    if not isinstance(value, Map):
        message = "`prune` must be `none`, or a mapping of kinds"
        kind = next((f"{kind.broker}/{kind.name}" for kind in catalogue.kinds() if kind.broker in checked), "KIND")
        fields.report("prune", codes.WRONG_VALUE, message, f"write `prune: {{{kind}: none}}`")
        return frozenset()
    return frozenset(_kinds(fields, value, catalogue, checked))


def _kinds(fields: Fields, node: Map, catalogue: Catalogue, checked: Container[str]) -> Iterator[str]:
    for key, value, key_place, value_place in node.entries():
        broker, _, kind = key.partition("/")
        if catalogue.kind(broker, kind) is None:
            if broker in catalogue.providers and broker not in checked:
                continue
            known = [f"{other.broker}/{other.name}" for other in catalogue.kinds() if other.broker in checked]
            hint = did_you_mean(key, known) or f"accepted: {', '.join(known)}"
            fields.found.append(key_place.report(codes.UNSUPPORTED, f"unknown kind `{key}`", help=hint))
        elif value != _NONE:
            message = f"`{key}` under `prune` must be `{_NONE}`"
            hint = "leave the kind out to let its routes and rights go with their entries"
            fields.found.append(value_place.report(codes.WRONG_VALUE, message, help=hint))
        else:
            yield key
