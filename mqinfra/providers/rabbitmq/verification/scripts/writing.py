"""Scripts of queues: one that sends, one that works, one for dead letters, one that measures."""

from collections.abc import Mapping
from importlib.resources import files

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.providers.base.connecting.tls import TlsBlock
from mqinfra.providers.base.monitoring.watched import Role, Watched
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.verification.script import Script, Source, filled, literal, slug
from mqinfra.providers.rabbitmq.api.connection import RabbitConnection
from mqinfra.providers.rabbitmq.monitoring.watched import watched
from mqinfra.providers.rabbitmq.policy.planned_topology import vhosts_of
from mqinfra.providers.rabbitmq.verification.place import taken_keys

ATTEMPTS = 4
_LOCAL = (("localhost", 5672),)
_USER = "guest"


def scripts(cluster: Cluster, declared: Mapping[Address, Declaration], environment: str) -> list[Script]:
    """Scripts of every declared queue in which work waits; those of dead letters stand with what they come from."""
    block = cluster.block(RabbitConnection)
    return [
        script
        for one in watched(declared)
        if one.role is Role.WORK
        for script in _of(one, declared, block, environment)
    ]


def _of(
    queue: Watched, declared: Mapping[Address, Declaration], block: RabbitConnection, environment: str
) -> list[Script]:
    declaration = declared[queue.address]
    vhost = vhosts_of({address: one.spec for address, one in declared.items()}, ())[queue.place]
    binding = next((one for one in vhost.bindings.values() if one.queue == queue.name), None)
    kind = vhost.type_of(queue.name) or "classic"
    names: dict[str, str | int] = {
        "VHOST": queue.place,
        "QUEUE": queue.name,
        "EXCHANGE": binding.exchange if binding is not None else "",
        "ROUTING_KEY": taken_keys(vhost, binding)[0] if binding is not None else queue.name,
    }
    dead = queue.dead_letters.name if queue.dead_letters is not None else ""
    of_queue = {"VHOST": queue.place, "QUEUE": queue.name}
    attempts = declaration.promises.dead_letter_after or ATTEMPTS
    constants: dict[str, Mapping[str, str | int]] = {
        "produce": {name: value for name, value in names.items() if name != "QUEUE"},
        "consume": {**of_queue, "TYPE": kind, "ATTEMPTS": attempts},
        **({"load": names} if kind != "stream" else {}),
        **({"dead_letters": {**of_queue, "DEAD_LETTERS": dead}} if dead and kind != "stream" else {}),
    }
    source = Source(queue.address, declaration.span, environment)
    folder = "/".join((slug(queue.address.cluster), slug(queue.place), slug(queue.name)))
    connection = _connection(block)
    return [
        Script(folder, f"{role}.py", filled(_template(role), source, some, connection))
        for role, some in constants.items()
    ]


def _template(role: str) -> str:
    return (files(__package__) / "templates" / f"{role}.txt").read_text(encoding="utf-8")


def _connection(block: RabbitConnection) -> str:
    """Parameters of the nodes in their order, with a login by reference."""
    nodes = block.brokers(block.url[0]) if block.url else _LOCAL
    password = literal(block.password) if block.password is not None else '"guest"'
    context = _context(block.tls) if block.amqp_encrypted and block.url else "    options = None\n"
    servers = ", ".join(f"({literal(host)}, {port})" for host, port in nodes)
    return f'''\
def parameters() -> list[pika.ConnectionParameters]:
    """How to reach the nodes; `RABBITMQ_HOST` (`host:port`) leads elsewhere."""
    credentials = pika.PlainCredentials({literal(block.username or _USER)}, {password})
{context}\
    nodes = [{servers}]
    if elsewhere := os.environ.get("RABBITMQ_HOST"):
        nodes = [(elsewhere.rpartition(":")[0], int(elsewhere.rpartition(":")[2]))]
    return [
        pika.ConnectionParameters(host, port, VHOST, credentials, heartbeat=60, ssl_options=options)
        for host, port in nodes
    ]


def connect() -> pika.BlockingConnection:
    """Open a connection to the first node that answers."""
    return pika.BlockingConnection(parameters())
'''


def _context(tls: TlsBlock | None) -> str:
    given = tls if tls is not None else TlsBlock()
    cafile = f"cafile={literal(given.ca)}" if given.ca is not None else ""
    lines = [f"    context = ssl.create_default_context({cafile})"]
    if given.certificate is not None and given.key is not None:
        password = f", {literal(given.key_password)}" if given.key_password is not None else ""
        lines.append(f"    context.load_cert_chain({literal(given.certificate)}, {literal(given.key)}{password})")
    if not given.verify:
        lines += ["    context.check_hostname = False", "    context.verify_mode = ssl.CERT_NONE"]
    return "\n".join([*lines, "    options = pika.SSLOptions(context)"]) + "\n"
