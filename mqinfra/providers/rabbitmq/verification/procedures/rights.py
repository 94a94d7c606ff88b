"""Who may do what in a vhost: what is declared and what is in force, on names that are there and on their likes."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from mqinfra.model.errors import Bug, UserError
from mqinfra.model.judgement import Mode
from mqinfra.model.setting import Problem
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.rabbitmq.api.call import RabbitFault
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.pattern.regex import compile_pattern
from mqinfra.providers.rabbitmq.spec.permission import EVERYTHING, PermissionSpec, TopicPermissionSpec
from mqinfra.providers.rabbitmq.verification.own import client_of
from mqinfra.providers.rabbitmq.verification.place import keys_of

CELL = "right"
RIGHTS = ("configure", "write", "read")
TOPIC_RIGHTS = ("write", "read")
_STRANGERS = ("mqinfra-stranger", "amq.stranger", "zz")
_MOST = 2_000


class Rights(Procedure):
    """Evaluates both sets of patterns for each name; nothing is tried, since what fails to be refused would happen."""

    name = "rights"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Write down each right on each name that either side gives.

        Raises:
            UserError: permissions or names can't be read.
        """
        declaration = trial.place.declaration
        spec = declaration.spec if declaration is not None else None
        vhost, user, *exchange = trial.place.address.path
        client = client_of(trial)
        if isinstance(spec, PermissionSpec):
            names, live = _likes(_names(client, vhost)), _permission(client, vhost, user)
        elif isinstance(spec, TopicPermissionSpec):
            names, live = _likes(_keys(client, vhost, exchange[0])), _topic_permission(client, vhost, user, exchange[0])
        else:
            raise Bug(f"not a permission: {trial.place.address}")
        for right, given in live.items():
            wanted = str(getattr(spec, right))
            patterns = [_filled(pattern, vhost, user) if exchange else pattern for pattern in (wanted, given)]
            declared, found = (_covered(pattern, names, client) for pattern in patterns)
            some = sorted(declared | found)
            cells: dict[str, JsonValue] = {name: [name in declared, name in found] for name in some}
            trial.notes.observe(CELL, {"right": right, "names": len(names), "cells": cells})


def _permission(client: RabbitClient, vhost: str, user: str) -> Mapping[str, str]:
    row = client.get("permissions", vhost, user)
    if isinstance(row, RabbitFault):
        if row.absent:
            return dict.fromkeys(RIGHTS, "")
        raise UserError([NOT_READ.at(f"permissions can't be read: {row.message}", address=client.where, help=row.help)])
    given = row if isinstance(row, dict) else {}
    return {right: str(given.get(right) or "") for right in RIGHTS}


def _topic_permission(client: RabbitClient, vhost: str, user: str, exchange: str) -> Mapping[str, str]:
    """What is in force on an exchange. Without a permission on it a user may use every routing key there."""
    rows = client.get("topic-permissions", vhost, user)
    if isinstance(rows, RabbitFault) and not rows.absent:
        message = f"topic permissions can't be read: {rows.message}"
        raise UserError([NOT_READ.at(message, address=client.where, help=rows.help)])
    some = rows if isinstance(rows, list) else []
    row = next((one for one in some if isinstance(one, dict) and one.get("exchange") == exchange), None)
    return {right: EVERYTHING if row is None else str(row.get(right) or "") for right in TOPIC_RIGHTS}


def _filled(pattern: str, vhost: str, user: str) -> str:
    """A pattern with what the server fills in; ids of clients, which it fills in too, nobody knows here."""
    return pattern.replace("{username}", user).replace("{vhost}", vhost)


def _keys(client: RabbitClient, vhost: str, exchange: str) -> list[str]:
    """Routing keys that its bindings take, of which there are some for each pattern."""
    rows = client.get("exchanges", vhost, exchange, "bindings", "source")
    if isinstance(rows, RabbitFault):
        message = f"bindings of `{exchange}` can't be read: {rows.message}"
        raise UserError([NOT_READ.at(message, address=client.where, help=rows.help)])
    patterns = [str(row.get("routing_key")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [key for pattern in patterns for key in keys_of(pattern)][:_MOST]


def _names(client: RabbitClient, vhost: str) -> list[str]:
    found: list[str] = []
    for kind in ("queues", "exchanges"):
        rows = client.get(kind, vhost, columns="name", disable_stats="true")
        if isinstance(rows, RabbitFault):
            raise UserError(
                [NOT_READ.at(f"{kind} can't be read: {rows.message}", address=client.where, help=rows.help)]
            )
        found += [str(row["name"]) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [name or "amq.default" for name in found][:_MOST]


def _likes(names: Iterable[str]) -> list[str]:
    """Names, and others like them that a pattern without its anchors or dots would take as well."""
    likes = [like for name in names for like in (name, f"x{name}", f"{name}x", name.replace(".", "_"), name.swapcase())]
    return [*dict.fromkeys((*likes, *_STRANGERS))]


def _covered(pattern: str, names: list[str], client: RabbitClient) -> set[str]:
    if not pattern:
        return set()
    compiled = compile_pattern(pattern)
    if isinstance(compiled, Problem):
        message = f"what `{pattern}` matches can't be told here"
        raise UserError([NOT_READ.at(message, address=client.where)])
    return {name for name in names if compiled.matches(name)}
