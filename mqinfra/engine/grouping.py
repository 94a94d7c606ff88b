"""Changes by the cluster that they are made on, as whoever asks a cluster about them takes them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import attrgetter

from mqinfra.model.address import Address
from mqinfra.model.change import Change

_alias = attrgetter("address.cluster")


def by_cluster(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Group changes by the alias of their cluster."""
    grouped: dict[str, list[Change]] = defaultdict(list)
    for alias, some in groupby(changes, _alias):  # they mostly are in order
        grouped[alias] += some
    return grouped


def on_clusters(planned: Mapping[Address, Change]) -> dict[str, Mapping[Address, Change]]:
    """Group changes by the alias of their cluster, each by its address."""
    aliases = {address.cluster for address in planned}
    if len(aliases) == 1:
        return dict.fromkeys(aliases, planned)
    return {alias: {change.address: change for change in some} for alias, some in by_cluster(planned.values()).items()}
