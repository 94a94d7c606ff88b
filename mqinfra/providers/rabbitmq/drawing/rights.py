"""Lines for what users may do: publish to exchanges, consume from queues, declare things of their own."""

from collections.abc import Collection, Iterator

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem
from mqinfra.model.topology import Flow
from mqinfra.providers.base.drawing import Drawing, Line, few_or_all
from mqinfra.providers.rabbitmq.drawing.routes import vhosts
from mqinfra.providers.rabbitmq.pattern.regex import compile_pattern
from mqinfra.providers.rabbitmq.policy.planned_topology import Vhost
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec import permission as permission_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec import user as user_spec
from mqinfra.providers.rabbitmq.spec import vhost as vhost_spec
from mqinfra.providers.rabbitmq.spec.permission import PermissionSpec, TopicPermissionSpec


def of_permissions(drawing: Drawing) -> Iterator[Line]:
    """Publishing goes from a user to exchanges, consuming from queues to it. A pattern that can't be read: the vhost.

    Writing to a queue and reading an exchange is what binding takes, and no message goes that way.
    """
    found = drawing.once(vhosts)
    for address, spec in drawing.of(permission_spec.KIND):
        if not isinstance(spec, PermissionSpec) or address.path[0] not in found:
            continue
        vhost = found[address.path[0]]
        user = Address(address.cluster, user_spec.KIND, (address.name,))
        holder = Address(address.cluster, vhost_spec.KIND, (vhost.name,))
        for to, more in _covered(vhost, exchange_spec.KIND, vhost.exchanges, spec.write, holder):
            yield Line(user, to, f"publishes{f' to{more}' if more else ''}", Flow.ACCESS, address)
        for source, more in _covered(vhost, queue_spec.KIND, vhost.queues, spec.read, holder):
            yield Line(source, user, f"consumes{more}", Flow.ACCESS, address)
        if spec.configure:
            for kind, names in ((queue_spec.KIND, vhost.queues), (exchange_spec.KIND, vhost.exchanges)):
                for to, more in _covered(vhost, kind, names, spec.configure, holder):
                    yield Line(user, to, f"configures{more}", Flow.ACCESS, address)


def _covered(
    vhost: Vhost, kind: str, names: Collection[str], pattern: str, holder: Address
) -> Iterator[tuple[Address, str]]:
    if not pattern:
        return
    known = compile_pattern(pattern)
    if isinstance(known, Problem):
        yield holder, f" {pattern}"
        return
    some = [vhost.address(kind, name) for name in names if known.matches(name)]
    yield from few_or_all(some, holder, kind)


def of_topic_permissions(drawing: Drawing) -> Iterator[Line]:
    """Which routing keys a user may use with an exchange."""
    for address, spec in drawing.of(permission_spec.TOPIC_KIND):
        if isinstance(spec, TopicPermissionSpec) and len(address.path) == 3:
            vhost, user, exchange = address.path
            to = Address(address.cluster, exchange_spec.KIND, (vhost, exchange))
            said = [f"{word} {value}" for word, value in (("sends", spec.write), ("binds", spec.read)) if value]
            source = Address(address.cluster, user_spec.KIND, (user,))
            yield Line(source, to, ", ".join(said), Flow.ACCESS, address)
