"""What a deployment says of itself beside what it holds. Facts carry it as texts by name, so that snapshots can too."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Facts

Servers = tuple[str, ...]
"""Names of servers, `host:port`."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment; empty where nobody could ask.

    Attributes:
        user: as whom the connection was made.
        topology: `single`, `replicas`, `sentinel` or `cluster`.
        maxmemory_policy: which keys go when the memory is full.
        sentinel_service: the name under which Sentinels know the deployment.
        replicas_unknown: a Sentinel that does not tell its replicas.
        down: servers that the others hold for dead.
        down_for_long: servers that a Sentinel has held for dead for over an hour.
        unreached: servers that are up and could not be connected to.
        acl_save: servers that keep users in an `aclfile`.
        config_rewrite: servers that keep users in their configuration file.
        users_lost_on_restart: servers that keep users in neither.
        settings_changed: servers on which settings were changed since the start, and which saving users makes last.
        never_saved: servers on which saving users failed, and has not worked since the start.
        perhaps_not_saved: servers on which saving users failed, and worked at another time.
    """

    user: str = ""
    topology: str = ""
    maxmemory_policy: str = ""
    sentinel_service: str = ""
    replicas_unknown: str = ""
    down: Servers = ()
    down_for_long: Servers = ()
    unreached: Servers = ()
    acl_save: Servers = ()
    config_rewrite: Servers = ()
    users_lost_on_restart: Servers = ()
    settings_changed: Servers = ()
    never_saved: Servers = ()
    perhaps_not_saved: Servers = ()

    @classmethod
    def of(cls, facts: Facts) -> "Deployment":
        """Read it out of a cluster's facts."""
        said: dict[str, Any] = {field.name: facts.traits.get(_trait(field.name), "") for field in fields(cls)}
        said |= {name: tuple(filter(None, said[name].split(","))) for name in _LISTS}
        return cls(**said)

    def traits(self) -> Mapping[str, str]:
        """Write it for facts; what is empty is left out."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        texts = {_trait(name): ",".join(value) if name in _LISTS else str(value) for name, value in known.items()}
        return {name: text for name, text in texts.items() if text}


_LISTS = frozenset(field.name for field in fields(Deployment) if field.default == ())


def _trait(name: str) -> str:
    return name.replace("_", "-")
