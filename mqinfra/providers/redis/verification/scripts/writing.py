"""Scripts of streams: one that adds, one that works, one for dead letters, one that measures."""

from collections.abc import Mapping
from importlib.resources import files

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.connecting.tls import TlsBlock
from mqinfra.providers.base.monitoring.watched import Role, Watched, What
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.verification.script import Script, Source, filled, literal, slug
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.monitoring.watched import watched

ATTEMPTS = 4
STORY = "error source source-id attempts"
_LOCAL = ("localhost:6379",)


def scripts(cluster: Cluster, declared: Mapping[Address, Declaration], environment: str) -> list[Script]:
    """Scripts of every declared stream but those of dead letters, which stand with what they come from."""
    connection = _connection(cluster.block(RedisConnection))
    some = watched(declared)
    groups: dict[Address, str] = {}
    for one in some:
        if one.what is What.STREAM_GROUP:
            groups.setdefault(one.address, one.consumer)
    return [
        script
        for one in some
        if one.what is What.STREAM and one.role is Role.WORK
        for script in _of(one, declared[one.address], groups.get(one.address, ""), connection, environment)
    ]


def _of(stream: Watched, declaration: Declaration, group: str, connection: str, environment: str) -> list[Script]:
    dead = stream.dead_letters.name if stream.dead_letters is not None else ""
    names: dict[str, str | int] = {"STREAM": stream.name}
    sending = {**names, "MAX_LENGTH": stream.limits.max_length or 0}
    letters = {**names, "DEAD_LETTERS": dead}
    attempts = declaration.promises.dead_letter_after or ATTEMPTS
    constants: dict[str, Mapping[str, str | int]] = {
        "produce": sending,
        "load": sending,
        **({"consume": {**letters, "GROUP": group, "ATTEMPTS": attempts}} if group else {}),
        **({"dead_letters": {**letters, "STORY": STORY}} if dead else {}),
    }
    source = Source(stream.address, declaration.span, environment)
    folder = f"{slug(stream.address.cluster)}/{slug(stream.name)}"
    return [
        Script(folder, f"{role}.py", filled(_template(role), source, some, connection))
        for role, some in constants.items()
    ]


def _template(role: str) -> str:
    return (files(__package__) / "templates" / f"{role}.txt").read_text(encoding="utf-8")


def _connection(block: RedisConnection) -> str:
    login: dict[str, str | SecretRef | bool | None] = {"username": block.username, "password": block.password}
    if block.tls is not None:
        login |= {"ssl": True, **_tls(block.tls)}
    given = "".join(f"        {one},\n" for one in _said(login))
    return f'''\
def login() -> dict[str, Any]:
    """What every connection takes, in the words of the client."""
    return {{
        "decode_responses": True,
{given}    }}


{_connect(block)}'''


def _tls(tls: TlsBlock) -> dict[str, str | SecretRef | bool | None]:
    own: dict[str, str | SecretRef | bool | None] = {
        "ssl_ca_certs": tls.ca,
        "ssl_certfile": tls.certificate,
        "ssl_keyfile": tls.key,
        "ssl_password": tls.key_password,
    }
    return own if tls.verify else {**own, "ssl_cert_reqs": "none", "ssl_check_hostname": False}


def _said(some: Mapping[str, str | SecretRef | bool | None]) -> list[str]:
    """Arguments as members of a dict."""
    return [
        f"{literal(name)}: {value if isinstance(value, bool) else literal(value)}"
        for name, value in some.items()
        if value is not None
    ]


def _connect(block: RedisConnection) -> str:
    if block.sentinel is not None:
        one = block.sentinel
        told = ", ".join(_said({"username": one.username, "password": one.password}))
        places = ", ".join(
            f"({literal(host)}, {port})" for host, _, port in (node.rpartition(":") for node in one.nodes)
        )
        return f'''\
def connect() -> Any:
    """Connect to the master that the sentinels name."""
    sentinels = redis.Sentinel([{places}], sentinel_kwargs={{{told}}})
    return sentinels.master_for({literal(one.service)}, **login())
'''
    node = (block.addresses or _LOCAL)[0]
    return f'''\
def connect() -> Any:
    """Connect to who takes writes; `REDIS_NODE` (`host:port`) leads elsewhere."""
    host, _, port = (os.environ.get("REDIS_NODE") or {literal(node)}).rpartition(":")
    server = redis.Redis(host, int(port), **login())
    try:
        if server.info("cluster").get("cluster_enabled"):
            return redis.RedisCluster(host, int(port), **login())
        replication = server.info("replication")
    except redis.exceptions.NoPermissionError:
        return server
    if replication.get("role") == "slave":
        return redis.Redis(replication["master_host"], int(replication["master_port"]), **login())
    return server
'''
