"""Opening a session: connect, find out what the deployment is, and say exactly why when it does not work."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import Bug, UserError
from mqinfra.model.reading import Facts
from mqinfra.model.secret import SecretRef, SecretResolver
from mqinfra.providers.base.connecting.addresses import joined
from mqinfra.providers.base.connecting.announced import refusal
from mqinfra.providers.base.connecting.bounded import tls_context
from mqinfra.providers.base.connecting.codes import UNREACHABLE
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.redis.api import discovery, server
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.codes import NO_MASTER, OTHER_TOPOLOGY
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.api.deployment import Deployment
from mqinfra.providers.redis.api.diagnosis import diagnose, loading, not_redis
from mqinfra.providers.redis.api.discovery import Member
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.raw_connection import RawConnection
from mqinfra.providers.redis.api.replies import sections, texts
from mqinfra.providers.redis.api.resp import ServerError

_PATIENCE = 8.0
"""Seconds until a deployment counts as unreachable, however long its later answers may take."""
_MEMBERS = 30.0
"""Seconds for all further servers of a deployment, however many it announces."""
_SHORTEST = 0.2
_LONG = 3_600_000
"""Milliseconds for which a Sentinel has to have held a replica for dead until it may well be gone for good."""


def connect(
    connection: RedisConnection, where: str, secrets: SecretResolver, timeout: float
) -> tuple[RedisClient, Facts]:
    """Connect to every server of a deployment, and say what it is.

    Raises:
        UserError: no connection came about, or not to what the block describes.
    """
    opening = _Opening(connection, where, secrets, timeout)
    try:
        return opening.client()
    except BaseException:
        opening.close()
        raise


class _Opening:
    """The steps of connecting; each raises UserError with what is wrong and what to do."""

    def __init__(self, connection: RedisConnection, where: str, secrets: SecretResolver, timeout: float) -> None:
        self.connection, self.where, self.timeout = connection, where, timeout
        self.deadline = time.monotonic() + min(timeout, _PATIENCE)
        self.password = _value(connection.password, secrets)
        sentinel = connection.sentinel
        self.sentinel_password = _value(sentinel.password, secrets) if sentinel is not None else None
        tls = connection.tls
        key_password = _value(tls.key_password, secrets) if tls is not None else None
        self.context = tls_context(tls, key_password, where) if tls is not None else None
        self.opened: dict[str, Node] = {}
        self.known_to_sentinel: list[Member] = []
        self.replicas_unknown = ""

    def client(self) -> tuple[RedisClient, Facts]:
        master, info = self._master()
        cluster = info.get("cluster_enabled") == "1"
        members = discovery.members(master, self.where) if cluster else self._replicated(master, info)
        if not any(member.here for member in members):
            raise self._error(not_redis(master.name, "a Cluster without itself", self.where))
        self.deadline = time.monotonic() + max(self.timeout, _MEMBERS)
        nodes, unreached = self._nodes(members, master, cluster=cluster)
        down = tuple(member.name for member in members if member.down)
        topology = "cluster" if cluster else self._topology_of(len(nodes) + len(unreached) + len(down))
        self._expected(topology)
        ids = self._identities(topology, members)
        self.connection.require_cluster(ids, self.where)
        if not any(node.master for node in nodes):
            message = f"the Cluster behind `{self.connection.endpoint}` has no master that can be reached"
            raise self._error(NO_MASTER.at(message, address=self.where, help="see `CLUSTER NODES`"))
        slots = {slot: member.name for member in members for slot in member.slots}
        client = RedisClient(
            where=self.where,
            nodes=tuple(sorted(nodes, key=lambda node: (not node.master, node.name))),
            user=_whoami(master) or self.connection.username or "default",
            unreached=unreached,
            down=down,
            elected=self._elected if self.connection.sentinel is not None else None,
            known=frozenset({*self.connection.addresses, *(member.name for member in members)}),
            password_hash=hashlib.sha256(self.password.encode()).hexdigest() if self.password is not None else None,
            slots=slots,
            locate=lambda: {
                slot: member.name for member in discovery.members(master, self.where) for slot in member.slots
            },
        )
        return client, self._facts(ids, info, client, members, topology)

    def close(self) -> None:
        for node in self.opened.values():
            node.close()

    def _facts(
        self,
        ids: Sequence[str],
        info: Mapping[str, str],
        client: RedisClient,
        members: Sequence[Member],
        topology: str,
    ) -> Facts:
        sentinel = self.connection.sentinel
        deployment = Deployment(
            user=client.user,
            topology=topology,
            maxmemory_policy=info.get("maxmemory_policy", ""),
            sentinel_service=sentinel.service if sentinel is not None else "",
            replicas_unknown=self.replicas_unknown,
            down=tuple(member.name for member in members if member.down),
            down_for_long=tuple(member.name for member in members if member.down_for > _LONG),
            unreached=tuple(client.unreached),
            acl_save=_named(client.nodes, lambda about: about.persistence == "aclfile"),
            config_rewrite=_named(client.nodes, lambda about: about.persistence == "config"),
            users_lost_on_restart=_named(client.nodes, lambda about: about.persistence == "none"),
            settings_changed=_named(client.nodes, lambda about: about.persistence == "config" and about.changed > 0),
            never_saved=_named(client.nodes, lambda about: about.failed > 0 and about.saved == 0),
            perhaps_not_saved=_named(client.nodes, lambda about: about.failed > 0 and about.saved > 0),
        )
        return Facts(
            cluster_id=ids[0],
            known_as=tuple(sorted(set(ids[1:]))),
            product=_product(info),
            version=info.get("valkey_version") or info.get("redis_version", ""),
            brokers=len(client.nodes),
            endpoint=self.connection.endpoint,
            traits=deployment.traits(),
        )

    def _topology_of(self, servers: int) -> str:
        if self.connection.sentinel is not None:
            return "sentinel"
        return "replicas" if servers > 1 else "single"

    def _replicated(self, master: Node, info: Mapping[str, str]) -> list[Member]:
        """The master, the replicas that it or a Sentinel knows, and what else the block names."""
        found = {member.name: member for member in self.known_to_sentinel}
        found.pop(master.name, None)
        # Whom the master feeds is not down, whatever a Sentinel thinks of it.
        found |= {member.name: member for member in discovery.replicated(master.name, info)}
        if self.connection.sentinel is None:
            named = (Member(address, master=False, named=True) for address in self.connection.addresses)
            found = {member.name: member for member in named} | found
        return sorted(found.values(), key=lambda member: (not member.here, member.name))

    def _nodes(self, members: list[Member], master: Node, *, cluster: bool) -> tuple[list[Node], dict[str, str]]:
        """Connect to every member, and to those whom they know in turn; and say why where that fails.

        One server may go by several names, in the block and in what others announce: it is taken once.
        """
        nodes: list[Node] = []
        unreached: dict[str, str] = {}
        names = {member.name for member in members}
        for member in members:  # grows: replicas may have replicas
            found = None if member.down else self._member(member, master)
            if isinstance(found, Diagnostic):
                if member.master:
                    raise self._error(found)
                unreached[member.name] = found.message
            elif found is not None:
                replies = found.read(server.ASK)
                found.about = server.about(replies)
                if found.about.run_id and found.about.run_id in {node.about.run_id for node in nodes}:
                    found.close()
                    continue
                if found.about.master and not (member.master or cluster):
                    found.close()
                    unreached[member.name] = f"`{member.name}` is a master itself, not a replica of `{master.name}`"
                    continue
                nodes.append(found)
                new = (
                    set() if cluster or isinstance(replies[2], Fault) else discovery.announced(str(replies[2])) - names
                )
                names |= new
                members += [Member(name, master=False) for name in sorted(new)]
        return nodes, unreached

    def _identities(self, topology: str, members: list[Member]) -> list[str]:
        """Texts that `clusterId` may be; the first is the deployment's id.

        Of a Cluster it is the smallest id of a node, which restarts and failovers leave alone. Without Cluster the
        addresses stand for it: Redis keeps nothing that outlives a restart (`run_id` and `master_replid` don't).
        """
        if topology == "cluster":
            ids = sorted(member.id for member in members)
            return [ids[0], *ids]
        sentinel = self.connection.sentinel
        own = ",".join(sorted(self.connection.addresses))
        whole = f"{sentinel.service}@{own}" if sentinel is not None else own
        return [whole, *self.connection.addresses, *(member.name for member in members)]

    def _expected(self, topology: str) -> None:
        wanted = self.connection.topology
        alike = {"single", "replicas"}
        if wanted is None or wanted == topology or (wanted in alike and topology in alike and wanted == "replicas"):
            return
        message = f"`topology` says `{wanted}`, and the servers say `{topology}`"
        raise self._error(
            OTHER_TOPOLOGY.at(message, address=self.where, help="correct `nodes`, or leave `topology` out")
        )

    def _master(self) -> tuple[Node, dict[str, str]]:
        """The first address that leads to a server that takes writes, and what it says of itself."""
        addresses = [self._from_sentinel()] if self.connection.sentinel is not None else [*self.connection.addresses]
        failures: list[Diagnostic] = []
        replica: tuple[str, str] | None = None
        for address in addresses:
            found = self._try(address)
            if isinstance(found, Diagnostic):
                failures.append(found)
                continue
            node, info = found
            if info.get("cluster_enabled") == "1" or info.get("role") == "master":
                return node, info
            replica = (address, f"{info.get('master_host')}:{info.get('master_port')}")
        if replica is not None:
            message = f"`{replica[0]}` is a replica, which accepts no writes; its master is `{replica[1]}`"
            failures = [NO_MASTER.at(message, address=self.where, help=f"write `nodes: [{replica[1]}]`")]
        raise UserError(failures[:1] or [UNREACHABLE.at("there is no address to connect to", address=self.where)])

    def _elected(self) -> str:
        """The master by the Sentinels' word now, long after the session was opened."""
        self.deadline = time.monotonic() + min(self.timeout, _PATIENCE)
        return self._from_sentinel()

    def _from_sentinel(self) -> str:
        sentinel = self.connection.sentinel
        if sentinel is None:
            raise Bug("no Sentinel is known")
        failures: list[Diagnostic] = []
        for address in sentinel.nodes:
            found = self._try(address, sentinel=True)
            if isinstance(found, Diagnostic):
                failures.append(found)
                continue
            node, _ = found
            reply, known = node.read(
                [
                    ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", sentinel.service),
                    ("SENTINEL", "REPLICAS", sentinel.service),
                ]
            )
            self.known_to_sentinel = discovery.replicas(known)
            self.replicas_unknown = address if isinstance(known, Fault) else ""
            node.close()
            self.opened.pop(address, None)
            if isinstance(reply, list) and len(reply) == 2:
                host, port = texts(reply)
                return joined(host, port)
            why = reply.message if isinstance(reply, Fault) else "it does not monitor such a master"
            message = f"sentinel `{address}` does not report the master of `{sentinel.service}`: {why}"
            failures.append(NO_MASTER.at(message, address=self.where, help="check `sentinel.service` and its login"))
        raise UserError(failures[:1])

    def _try(self, address: str, *, sentinel: bool = False) -> tuple[Node, dict[str, str]] | Diagnostic:
        refused = refusal(
            address,
            self.where,
            declared=self.connection.addresses,
            allowed=self.connection.announced,
            readable=self.connection.password_is_readable and not self.connection.allow_plaintext_credentials,
        )
        if refused is not None:
            return refused
        block = (self.connection.sentinel if sentinel else None) or self.connection
        password = self.sentinel_password if sentinel else self.password
        raw = RawConnection(address, block.username, password, self.context)
        end = time.monotonic() + max(_SHORTEST, min(self.deadline - time.monotonic(), _PATIENCE / 2))
        try:
            raw.connect(end)
            raw.send([("INFO",)], end)
            info = sections(str(raw.receive(end)))
        except (ServerError, OSError) as error:
            raw.disconnect()
            announced = address not in self.connection.addresses
            tls = self.context is not None
            return diagnose(error, address, block, self.where, tls=tls, announced=announced)
        if info.get("loading") == "1":
            raw.disconnect()
            return loading(address, self.where)
        node = self.opened[address] = Node(address, raw, self.where, self.timeout)
        return node, info

    def _member(self, member: Member, master: Node) -> Node | Diagnostic:
        """The connection of a member, the one that is open already where it leads there; or why there is none."""
        if member.here or member.name == master.name:
            master.name, master.master = member.name, member.master
            return master
        found = self.opened.get(member.name)
        if found is None:
            tried = self._try(member.name)
            if isinstance(tried, Diagnostic):
                return tried
            found = tried[0]
        found.master = member.master
        return found

    @staticmethod
    def _error(found: Diagnostic) -> UserError:
        return UserError([found])


def _named(nodes: Sequence[Node], holds: Callable[[server.About], bool]) -> tuple[str, ...]:
    """The servers of which something holds by what they say of themselves."""
    return tuple(node.name for node in nodes if holds(node.about))


def _product(info: Mapping[str, str]) -> str:
    """What the server calls itself; Redis says nothing, and forks that say something else are no concern of ours."""
    return "valkey" if info.get("server_name") == "valkey" or "valkey_version" in info else ""


def _value(reference: SecretRef | None, secrets: SecretResolver) -> str | None:
    return secrets(reference).reveal() if reference is not None else None


def _whoami(node: Node) -> str:
    reply = node.read([("ACL", "WHOAMI")])[0]
    return "" if isinstance(reply, Fault) else str(reply)
