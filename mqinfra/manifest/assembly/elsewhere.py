"""References to clusters of other types: which cluster of the environment is meant."""

from collections.abc import Iterable, Iterator, Mapping

from mqinfra.manifest import codes
from mqinfra.manifest.bind.binding import Places
from mqinfra.model.address import Address
from mqinfra.model.declaration import Reference
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.expansion import Elsewhere


def elsewhere(
    some: Iterable[Elsewhere],
    clusters: Mapping[str, str],
    places: Places,
    found: list[Diagnostic],
    address: Address,
) -> Iterator[Reference]:
    """Turn what an entry points at into references.

    Args:
        some: what it points at.
        clusters: alias → broker type, of every cluster of the environment.
        places: finds the text behind a field.
        found: where findings go.
        address: the entry's resource.
    """
    for one in some:
        aliases = sorted(alias for alias, kind in clusters.items() if kind == one.type)
        chosen = [alias for alias in aliases if one.cluster in ("", alias)]
        if len(chosen) == 1:
            yield Reference(one.path, Address(chosen[0], one.kind, one.name), one.role)
            continue
        place = places.places(one.path)[1]
        named = f"`{'/'.join(one.name)}` ({one.role})"
        if one.cluster:
            message = f"the environment has no {one.type} cluster `{one.cluster}` for {named}"
            hint = (
                f"one of: {', '.join(aliases)}" if aliases else f"declare one under `clusters:` with `type: {one.type}`"
            )
            found.append(place.report(codes.CLUSTER, message, help=hint, address=address.text))
        elif aliases:
            message = f"the environment has {len(aliases)} {one.type} clusters, and {named} names none of them"
            hint = f"add `cluster:`, one of: {', '.join(aliases)}"
            found.append(place.report(codes.CLUSTER, message, help=hint, address=address.text))
        else:
            message = f"the environment has no {one.type} cluster, so {named} can't be checked"
            hint = f"declare one under `clusters:` with `type: {one.type}`"
            found.append(
                place.report(codes.CLUSTER, message, help=hint, address=address.text, severity=Severity.WARNING)
            )
