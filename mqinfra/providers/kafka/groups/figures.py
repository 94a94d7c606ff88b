"""What a deleted group takes with it, and what brokers would refuse."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.reading import Figures
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.groups.forgetting import impossible
from mqinfra.providers.kafka.groups.requests import CONFIGURE, FORGET, requests_for
from mqinfra.providers.kafka.groups.rights import right_for
from mqinfra.providers.kafka.groups.settings import GROUP_SETTINGS
from mqinfra.providers.kafka.groups.shares import share_groups
from mqinfra.providers.kafka.topics.figures import named

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

_KEY = re.compile(r"(?:Unknown group config name: |configuration )?(?P<key>[a-z]+(?:\.[a-z]+)+)")
_UNKNOWN_KEY = "Unknown group config name"


def figures(client: "KafkaClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """Who is in groups, and in how many partitions they have read something.

    Of topics that the caller may not describe brokers leave the offsets out without a word. So whoever has not every
    right can't tell that there are none; nor can anybody of a share group.
    """
    names = [address.name for address in addresses]
    described, shares = client.groups.described(names), share_groups(client)
    stand = client.groups.positions(names, described)
    found: dict[Address, Figures] = {}
    for address in addresses:
        membership, positions = described[address.name], stand[address.name]
        members = None if isinstance(membership, KafkaFault) else membership.members
        if isinstance(positions, KafkaFault):
            found[address] = Figures(0, members)
            continue
        read = {topic: sum(bool(offset) for offset in offsets) for topic, offsets in positions.items()}
        number = sum(read.values())
        topics = [topic for topic, some in read.items() if some]
        details = (f"it has read {named(topics)}",) if topics else ()
        told = number or (client.unlimited and address.name not in shares)
        found[address] = Figures(0, members, details, positions=number if told else None)
    return found


def objections(client: "KafkaClient", changes: Sequence[Change]) -> list[Objection]:
    """Deletes of groups with members, of offsets that nobody can ask for, and settings that brokers would not take."""
    found = list(_in_use(client, [change for change in changes if change.action is Action.DELETE]))
    calls = requests_for([change for change in changes if change.action is not Action.DELETE])
    found += impossible(client, [address for request in calls if request.api == FORGET for address in request.body])
    bodies = {address: body for request in calls if request.api == CONFIGURE for address, body in request.body.items()}
    faults = (
        client.groups.configure({address.name: body for address, body in bodies.items()}, dry_run=True)
        if bodies
        else {}
    )
    for address in bodies:
        fault = faults[address.name]
        if fault is not None:
            found.append(_objection(client, address, fault))
    return found


def _in_use(client: "KafkaClient", deletes: Sequence[Change]) -> list[Objection]:
    if not deletes:
        return []
    described, shares = client.groups.described([change.address.name for change in deletes]), share_groups(client)
    found: list[Objection] = []
    for change in deletes:
        known = described[change.address.name]
        members = () if isinstance(known, KafkaFault) else known.members
        if shares.get(change.address.name, not isinstance(known, KafkaFault) and known.active):
            message = f"group `{change.address.name}` has members, and Kafka deletes none that has any"
            some = f"stop its clients first: {named(members)}" if members else "stop its clients first"
            found.append(Objection(change.address, Problem(message, some)))
    return found


def _objection(client: "KafkaClient", address: Address, fault: KafkaFault) -> Objection:
    if fault.denied:
        return right_for(CONFIGURE, address.name).objection(address, client.peer.principal)
    if fault.lost:
        return Objection(address, Problem(f"the broker gave no answer to the dry run of {CONFIGURE}"), unchecked=True)
    match = _KEY.search(fault.message)
    path: Path = ("config", match["key"]) if match is not None else ()
    advice = GROUP_SETTINGS.closest(match["key"]) if match is not None and _UNKNOWN_KEY in fault.message else ""
    return Objection(address, Problem(fault.message, advice), path)
