"""Who owns what, for people and programs: what `status --owners` prints."""

from collections.abc import Iterable, Iterator, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.cluster_owners import ClusterOwners
from mqinfra.model.overlap import EVERYTHING
from mqinfra.model.record import Claimant, Owner
from mqinfra.model.scope import Owned
from mqinfra.render.records import records_document
from mqinfra.render.terminal import Style, cells, clean, document

_NOBODY = "nobody"


def owners_text(owner: Owner, found: Iterable[ClusterOwners], style: Style) -> str:
    """Print, per cluster, who is on it and whose each thing is; what nobody owns comes last."""
    lines = [style.bold(clean(str(owner)))]
    for cluster in found:
        lines += ["", style.bold(clean(cluster.alias)), *_cluster(cluster, style)]
    return document(lines)


def owners_json(owner: Owner, found: Iterable[ClusterOwners]) -> str:
    """Write who owns what; minor versions of the format only add."""
    clusters: list[JsonValue] = [
        {
            "alias": cluster.alias,
            "unreachable": cluster.unreachable,
            "unread": list(cluster.unread),
            "owners": [
                {**_owner(one), "scope": _scope_json(scope), "resources": dict(cluster.number(one))}
                for one, scope in cluster.scopes.items()
            ],
            "nobody": dict(cluster.number(None)),
            "resources": [
                {"address": str(address), "claims": [{**_owner(one.owner), "made": one.made} for one in claims]}
                for address, claims in cluster.claims.items()
            ],
        }
        for cluster in found
    ]
    return records_document("Owners", owner, clusters)


def _cluster(cluster: ClusterOwners, style: Style) -> Iterator[str]:
    if cluster.unreachable:
        yield from style.wrap(clean(cluster.unreachable), indent=2)
        return
    names: list[tuple[str, Owner | None]] = [(clean(str(one)), one) for one in cluster.scopes]
    names.append((_NOBODY, None))
    width = max(cells(name) for name, _ in names)
    for name, one in names:
        counted = ", ".join(f"{kind} {number:,}" for kind, number in cluster.number(one).items()) or "nothing"
        scope = f"; may own {_scope_text(cluster.scopes[one])}" if one is not None else ""
        yield from style.wrap(clean(f"{_padded(name, width)}  {counted}{scope}"), indent=2, hang=width + 4)
    for why in cluster.unread:
        yield from style.wrap(clean(f"not read: {why}"), indent=2)
    if cluster.claims:
        yield ""
    whose = {address: clean(_whose(claims)) for address, claims in cluster.claims.items()}
    width = max(map(cells, whose.values()), default=0)
    for address in sorted(whose, key=lambda one: _order(whose[one], one)):
        yield clean(f"  {_padded(whose[address], width)}  {address}")


def _whose(claims: Sequence[Claimant]) -> str:
    return ", ".join(str(one) for one in claims) or _NOBODY


def _order(whose: str, address: Address) -> tuple[bool, str, Address]:
    return whose == _NOBODY, whose, address


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells(text))


def _scope_text(scope: Owned) -> str:
    words = [f"{word} {', '.join(some)}" for word, some in scope.patterns.items()]
    words += [f"{', '.join(names)} in {place}" for place, names in scope.parts.items()]
    return "everything" if scope.whole else "; ".join(words) or "nothing that it has recorded"


def _scope_json(scope: Owned) -> dict[str, JsonValue]:
    patterns: dict[str, JsonValue] = {word: list(some) for word, some in scope.patterns.items()}
    parts: dict[str, JsonValue] = {place: list(names) for place, names in scope.parts.items()}
    return {"patterns": patterns, "parts": parts, EVERYTHING: scope.whole}


def _owner(owner: Owner) -> dict[str, JsonValue]:
    return {"project": owner.project, "environment": owner.environment}
