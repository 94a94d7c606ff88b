"""The ACLs that tools make of what a client is for, said operation by operation."""

from collections.abc import Iterator

from mqinfra.providers.base.converting.converter import Entry
from mqinfra.providers.base.converting.foreign import Part
from mqinfra.providers.kafka.convert import entries


def pattern_of(name: str) -> tuple[str, bool]:
    """A name that ends in `*` as what names begin with, and whether it is that; a `*` alone is any."""
    prefixed = len(name) > 1 and name.endswith("*")
    return (name[:-1] if prefixed else name), prefixed


class Rights:
    """Makes the ACLs of one client."""

    def __init__(self, source: Part, principal: str) -> None:
        """Make ACLs of `principal` out of what `source` says."""
        self._source, self._principal = source, principal

    def topic(self, name: str, *operations: str, prefixed: bool = False) -> Iterator[Entry]:
        """Rights on a topic, or on all whose names begin so."""
        yield from self._on("topic", name, operations, prefixed=prefixed)

    def group(self, name: str, *operations: str, prefixed: bool = False) -> Iterator[Entry]:
        """Rights on a consumer group."""
        yield from self._on("group", name, operations, prefixed=prefixed)

    def transactions(self, name: str, *operations: str, prefixed: bool = False) -> Iterator[Entry]:
        """Rights on a transactional id."""
        yield from self._on("transactionalId", name, operations, prefixed=prefixed)

    def cluster(self, *operations: str) -> Iterator[Entry]:
        """Rights on the cluster."""
        yield from self._on("cluster", None, operations, prefixed=False)

    def _on(self, resource: str, name: str | None, operations: tuple[str, ...], *, prefixed: bool) -> Iterator[Entry]:
        if not self._principal:
            self._source.lose("it names no principal")
            return
        for operation in operations:
            yield from entries.acl(
                self._source,
                principal=self._principal,
                resource=resource,
                name=name,
                pattern="prefixed" if prefixed else "literal",
                operation=operation,
            )
