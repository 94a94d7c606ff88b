"""The calls that apply changes of users. Pure: passwords stand in them as references."""

from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.reading import Facts
from mqinfra.providers.base.request import Request
from mqinfra.providers.redis.acl.rules import channel_set, key_set
from mqinfra.providers.redis.addresses import USERS
from mqinfra.providers.redis.api.deployment import Deployment
from mqinfra.providers.redis.api.server import SAVES
from mqinfra.providers.redis.users.spec import Databases, Rules, UserSpec

SET = "ACL SETUSER"
DELETE = "ACL DELUSER"


def requests_for(changes: Sequence[Change], facts: Facts) -> list[Request]:
    """One SETUSER per user with `reset` and every rule, because it is all or nothing; the deletes; and saving them."""
    wanted: dict[Address, dict[str, JsonValue]] = {}
    gone: dict[Address, dict[str, JsonValue]] = {}
    for change in changes:
        if change.action is Action.DELETE or change.after is None:
            gone[change.address] = {"user": change.address.name}
        else:
            spec = change.wanted(UserSpec)
            # An update that is not about passwords keeps those that are there: their values need not be at hand.
            changed = change.action is not Action.UPDATE or any(d.path == ("passwords",) for d in change.differences)
            given = changed and "passwords" in spec.model_fields_set
            wanted[change.address] = {
                "user": change.address.name,
                "rules": list(rules_of(spec)),
                "passwords": spec.to_json()["passwords"] if given else None,
                **({} if spec.databases is None else {"databases": spec.to_json()["databases"]}),
            }
    saves: list[tuple[str, dict[Address, dict[str, JsonValue]]]] = []
    deployment = Deployment.of(facts)
    for how, names in (("aclfile", deployment.acl_save), ("config", deployment.config_rewrite)):
        servers: list[JsonValue] = [*names]
        if servers:
            saves.append((" ".join(SAVES[how]), {address: {"servers": servers} for address in (*wanted, *gone)}))
    return [Request(USERS, api, body) for api, body in ((SET, wanted), (DELETE, gone), *saves) if body]


def rules_of(spec: UserSpec) -> Iterable[str]:
    """The rules of SETUSER but for the passwords. `reset` denies everything first, so that nothing is left over."""
    yield "reset"
    yield "resetchannels"  # `reset` gives channels where `acl-pubsub-default` says so
    yield "on" if spec.enabled else "off"
    if spec.nopass:
        yield "nopass"
    yield from database_rules(spec.databases)
    yield from _plain(spec.keys, spec.channels, spec.commands)
    for selector in spec.selectors:
        yield f"({' '.join(_selector(selector))})"


def _selector(selector: Rules) -> Iterable[str]:
    yield from database_rules(selector.databases)
    yield from _plain(selector.keys, selector.channels, selector.commands)


def database_rules(databases: Databases | None) -> Iterable[str]:
    """The rule for databases; none where they are all, as after `reset`: most servers know no such rule."""
    if databases is not None and databases != "all":
        yield f"db={','.join(map(str, sorted(set(databases))))}" if databases else "resetdbs"


def _plain(keys: Iterable[str], channels: Iterable[str], commands: Iterable[str]) -> Iterable[str]:
    # A pattern after one that covers everything is an error, so only what counts is sent.
    yield from sorted(key_set(keys))
    yield from sorted(channel_set(channels))
    yield from commands
